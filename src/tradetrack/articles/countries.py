"""Country names: English and Russian names, adjectives and capitals, found in a text.

The table ``data/country_names.csv`` is written by ``tools/write_country_names.py``; its README says
from what.
"""

import csv
import difflib
import re
from functools import lru_cache
from typing import NamedTuple

from tradetrack._checks import shown
from tradetrack._files import shipped_text
from tradetrack.articles.sentences import WORD, lowered, words
from tradetrack.errors import InputError

GROUPS = frozenset(
    [
        "EUU",
        "EAEU",
        "CIS",
        "ASEAN",
        "GCC",
        "MERCOSUR",
        "AFRICA",
        "CENTRAL_ASIA",
        "EUROPE",
        "ASIA",
        "LATIN_AMERICA",
        "MIDDLE_EAST",
        "WLD",
    ]
)
_ALIASES = {
    "EU": "EUU",
    "EUN": "EUU",
    "EU27": "EUU",
    "EU27_2020": "EUU",
    "W00": "WLD",
    "ALL": "WLD",
}
_ALPHA2 = re.compile(r"\b([A-Z]{2,3})[-–]([A-Z]{2,3})\b")


_STANDS_FOR = re.compile(
    r" (?:nation|country|state|republic|kingdom|neighbou?r|giant|economy|partner)(?![a-z])"
    r"| (?:Development|Investment|Central|Export-Import) Bank(?![a-z])"
    r"| (?:стран(?:а|ы|е|у|ой)|государств(?:о|а|у|ом|е)|республик(?:а|и|е|у|ой))(?![а-я])"
)


_OF_CONTINENT = re.compile("(?:North|South|Latin|Central) $")


class Name(NamedTuple):
    """One form of a name: of which country, what kind of word, which Russian cases it may be."""

    code: str
    kind: str
    cases: str
    exact: str


_MONEY = re.compile(
    r"\$|[ -](?:dollars?|rupees?|yuan|yen|rou?bles?|pounds?|francs?|tenge"
    r"|liras?|dinars?|dirhams?|pesos?"
    r"|won|sum|soms?|manats?|drams?|kron\w+|crowns?|riyals?|rials?|shillings?"
    r"|доллар\w*|рупи\w+|юан\w+"
    r"|руб\w*|фунт\w*|франк\w*|лир(?:ы|а)?|динар\w*|дирхам\w*|песо|вон|сум(?:ов|а)?|сом(?:ов|а)?"
    r"|манат\w*|драм\w*|крон\w*|риал\w*|лей|леев)\b"
)
_NO_PLURAL = ("sh", "ch", "s", "se")
_PEOPLES = {
    "Finns": "FIN", "Swedes": "SWE", "Danes": "DNK", "Poles": "POL", "Turks": "TUR",
    "Czechs": "CZE", "Spaniards": "ESP", "Serbs": "SRB", "Croats": "HRV", "Britons": "GBR",
    "Slovaks": "SVK", "Slovenes": "SVN", "Filipinos": "PHL",
}  # fmt: skip
_HYPHEN = re.compile("([-–‑])")
_OF_DOLLARS = re.compile(r"долл(?:\.|ар[а-я]*) $")


class Mention(NamedTuple):
    """A country named in a sentence: where, and by which form."""

    start: int
    end: int
    code: str
    kind: str
    cases: str
    owns: bool


class Names(NamedTuple):
    """The table, by first word, and what else it says of a country."""

    forms: dict[str, list[tuple[tuple[str, ...], Name]]]
    currencies: dict[str, str]
    titles: dict[str, str]
    shorts: dict[str, str]


@lru_cache(maxsize=1)
def table() -> Names:
    """Read the shipped table once."""
    names = Names({}, {}, {}, {})
    lines = csv.reader(shipped_text("country_names.csv").splitlines())
    for form, code, kind, cases, short, currency in list(lines)[1:]:
        names.titles.setdefault(code, form)
        if short:
            names.shorts[short] = code
            names.currencies[code] = currency
        _enter(names, form, Name(code, kind, cases, form if form.isupper() else ""))
        if kind == "adjective" and form.endswith("ий"):
            _enter(names, form.removesuffix("ий") + "о", Name(code, kind, "", ""))
        if kind == "adjective" and form.isascii() and not form.endswith(_NO_PLURAL):
            _enter(names, form + "s", Name(code, "name", "", ""))  # "sold the Norwegians goods"
    for form, code in _PEOPLES.items():
        _enter(names, form, Name(code, "name", "", ""))
    for rows in names.forms.values():
        rows.sort(key=lambda row: -len(row[0]))
    return names


def _enter(names: Names, form: str, name: Name) -> None:
    low = form.lower().replace("ё", "е").replace("’", "'")
    tokens = (low,) if low.isalpha() else tuple(WORD.findall(low))
    names.forms.setdefault(tokens[0], []).append((tokens, name))


@lru_cache(maxsize=4096)
def mentions(text: str) -> tuple[Mention, ...]:
    """Countries that a sentence names, in order.

    Examples
    --------
    >>> [m.code for m in mentions("Kenyan sales to Uganda")]
    ['KEN', 'UGA']
    >>> [m.code for m in mentions("казахстанско-узбекская торговля")]
    ['KAZ', 'UZB']
    """
    forms = table().forms
    low = lowered(text)
    tokens = [
        (word.start + place, piece, owns)
        for word in words(low)
        for place, piece, owns in _parts(word.text)
    ]
    found, at = [], 0
    while at < len(tokens):
        start, first, owns = tokens[at]
        if first not in forms:
            at += 1
            continue
        best = None
        for sequence, name in forms.get(first, ()):
            ahead = tuple(token for _, token, _ in tokens[at : at + len(sequence)])
            if ahead == sequence and _is_written(text, start, name):
                best = (sequence, name)
                break
        if best is None:
            at += 1
            continue
        last_start, last, owns = tokens[at + len(best[0]) - 1]
        end = last_start + len(last)
        name = best[1]
        stands_for = name.code in GROUPS and _STANDS_FOR.match(text, end)
        stands_for = stands_for or (name.code == "USA" and _OF_CONTINENT.search(text, 0, start))
        if stands_for or _MONEY.match(text, end) or _OF_DOLLARS.search(text, 0, start):
            at += len(best[0])
            continue  # "the South American nation" is one of the pair; "US$ 12 billion" is money
        found.append(Mention(start, end, name.code, name.kind, name.cases, owns))
        at += len(best[0])
    return tuple(found)


@lru_cache(maxsize=65_536)
def _parts(word: str) -> tuple[tuple[int, str, bool], ...]:
    """Split a word at its hyphens unless it is a name as a whole; say if it is a possessive."""
    owns = word.endswith(("'s", "s'"))
    plain = word.removesuffix("'s").removesuffix("'")
    if plain in table().forms or not _HYPHEN.search(plain):
        return ((0, plain, owns),)
    parts, place = [], 0
    for piece in _HYPHEN.split(plain):
        if piece and piece not in "-–‑":
            parts.append((place, piece, owns))
        place += len(piece)
    return tuple(parts)


def _is_written(text: str, start: int, name: Name) -> bool:
    """Names have a capital, abbreviations all; Russian adjectives need none."""
    if name.exact:
        return text.startswith(name.exact, start)
    first = text[start]
    russian = "а" <= first.lower() <= "я" or first in "ёЁ"
    return first.isupper() or (russian and name.kind == "adjective")


def code_of(name: str) -> str:
    """Return the code of a country: by its name, adjective, capital, or ISO 3166 code.

    Raises
    ------
    InputError
        If no country has that name.

    Examples
    --------
    >>> [code_of(name) for name in ("KZ", "KAZ", "Kazakhstan", "казахстанский")]
    ['KAZ', 'KAZ', 'KAZ', 'KAZ']
    """
    titles, plain = table().titles, name.strip()
    upper = plain.upper().replace(" ", "_")
    upper = _ALIASES.get(upper, upper)
    if upper in titles:
        return upper
    if upper in table().shorts:
        return table().shorts[upper]
    found = mentions(plain) or mentions(plain.title())
    if len({mention.code for mention in found}) == 1:
        return found[0].code
    near = difflib.get_close_matches(plain, titles.values(), 2)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise InputError(
        f"unknown country {shown(name)}{hint} Write an English or Russian name, or an ISO 3166"
        " code",
        "pair",
        topic="pair",
    )


def country_in(reporter: str) -> str:
    """Return the country that a reporter's name begins with or holds; empty if none.

    Examples
    --------
    >>> country_in("KZ stat"), country_in("customs of Uzbekistan"), country_in("IMF")
    ('KAZ', 'UZB', '')
    """
    for spelt in (reporter, *reporter.split()[:1]):
        try:
            return code_of(spelt) if spelt else ""
        except InputError:
            continue
    found = {mention.code for mention in mentions(reporter)}
    return found.pop() if len(found) == 1 else ""


def title_of(code: str) -> str:
    """Return the English name of a country's code."""
    return table().titles.get(code, code)


def coded_pairs(text: str) -> list[tuple[int, int, str, str]]:
    """Pairs written by codes, such as KZ-UZ: where, and the two countries."""
    found = []
    for match in _ALPHA2.finditer(text):
        known = [table().shorts.get(code, code) for code in match.groups()]
        if all(code in table().titles for code in known):
            found.append((match.start(), match.end(), known[0], known[1]))
    return found


def flow_by_codes(flow: str, pair: tuple[str, ...]) -> str | None:
    """Write a direction by the codes of a pair, by whatever codes it was given; None if it is none.

    Examples
    --------
    >>> flow_by_codes("kz_to_uz", ("KAZ", "UZB"))
    'kaz_to_uzb'
    """
    sides = flow.split("_to_")
    try:
        codes = [code_of(side) for side in sides]
    except InputError:
        return None
    known = len(codes) == 2 and codes[0] != codes[1] and (not pair or set(codes) == set(pair))
    return "_to_".join(codes).lower() if known else None
