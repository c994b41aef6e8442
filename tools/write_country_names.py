"""Write ``data/country_names.csv``: the words by which a text names a country.

    python tools/write_country_names.py tools/country_words.csv data/country_names.csv

Names come from the Unicode CLDR by Babel; other names, adjectives and capitals from the first
file; Russian case forms from OpenCorpora's dictionary by pymorphy3 (``pip install babel pymorphy3
pymorphy3-dicts-ru``). None of the three is needed to use the library.

Columns: ``form`` as printed; ``code`` (ISO 3166, three letters, or a group's own name); ``kind``
(``name``, ``adjective``, ``city``); ``cases`` of a Russian form (``n g d a i l``, as many as fit);
``short`` (ISO 3166, two letters) and ``currency``, in the row of the country's first name.
"""

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import pymorphy3
from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

CASES = {"nomn": "n", "gent": "g", "datv": "d", "accs": "a", "ablt": "i", "loct": "l"}
NOT_FROM_CLDR = {
    "CHN": "",
    "MMR": "en",
    "COD": "en ru",
    "COG": "en ru",
    "HKG": "en ru",
    "MAC": "en ru",
}
MORPH = pymorphy3.MorphAnalyzer()


def territory_codes() -> dict[str, str]:
    """ISO 3166 codes of three letters, with those of two."""
    aliases = get_global("territory_aliases")
    return {long: short[0] for long, short in aliases.items() if len(long) == 3 and len(short) == 1}


def noun(word: str) -> "pymorphy3.analyzer.Parse | None":
    """The reading of a word as a place's name in the nominative, or as any noun in it."""
    readings = [
        reading
        for reading in MORPH.parse(word)
        if "nomn" in reading.tag and {"NOUN", "ADJF", "PRTF"} & set(reading.tag.grammemes)
    ]
    readings.sort(key=lambda reading: "plur" in reading.tag)
    places = [reading for reading in readings if "Geox" in reading.tag]
    return (places or readings or [None])[0]


def inflected(phrase: str) -> dict[str, set[str]]:
    """Case forms of a Russian name, each with its cases; a word after an apposition stays."""
    words = phrase.split()
    readings = [noun(word) for word in words]
    forms: dict[str, set[str]] = defaultdict(set)
    last_adjective = all(r is not None and "NOUN" not in r.tag for r in readings)
    for case, letter in CASES.items():
        parts, head_seen = [], False
        for word, reading in zip(words, readings, strict=True):
            is_noun = reading is None or "NOUN" in reading.tag
            if reading is None or word.isupper() or (head_seen and not last_adjective):
                parts.append(word)
            else:
                number = {"plur"} if "plur" in reading.tag else {"sing"}
                form = reading.inflect({case} | (set() if "Fixd" in reading.tag else number))
                parts.append(matched(word, form.word if form else word))
            head_seen = head_seen or is_noun
        forms[" ".join(parts)].add(letter)
    return forms


def matched(model: str, word: str) -> str:
    """Give a word the capitals of another: each part of a hyphenated name its own."""
    pairs = zip(model.split("-"), word.split("-"), strict=False)
    return "-".join(new[:1].upper() + new[1:] if old[:1].isupper() else new for old, new in pairs)


def adjective_forms(adjective: str) -> set[str]:
    """All forms of a Russian adjective in -ский or -цкий."""
    reading = next((r for r in MORPH.parse(adjective) if "ADJF" in r.tag), None)
    stem = adjective.removesuffix("ий")
    endings = ["ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ое", "ие", "их", "ими"]
    forms = {form.word for form in reading.lexeme if "ADJF" in form.tag} if reading else set()
    return {form for form in forms if form.startswith(stem)} | {stem + end for end in endings}


def rows_of(country: dict[str, str], short: str | None) -> list[tuple[str, str, str, str]]:
    """All forms of one country as rows without its currency."""
    code, rows = country["code"], []
    skipped = NOT_FROM_CLDR.get(code, "").split()

    def split(column: str) -> list[str]:
        return [text for text in country[column].split(";") if text]

    names = split("names_en")
    if short and "en" not in skipped:
        names = [Locale("en").territories[short].replace("’", "'"), *names]
    rows += [(name, code, "name", "") for name in names]
    rows += [(text, code, "adjective", "") for text in split("adjectives_en")]
    rows += [(text, code, "city", "") for text in split("cities_en")]
    names = split("names_ru")
    if short and "ru" not in skipped:
        names = [Locale("ru").territories[short].replace("’", "'").replace("ё", "е"), *names]
    for kind, listed in (("name", names), ("city", split("cities_ru"))):
        for name in dict.fromkeys(text.replace("ё", "е") for text in listed):
            forms = {name: set("ngdail")} if name.isupper() else inflected(name)
            rows += [(form, code, kind, "".join(sorted(cases))) for form, cases in forms.items()]
    for adjective in split("adjectives_ru"):
        rows += [(form, code, "adjective", "") for form in sorted(adjective_forms(adjective))]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    codes = territory_codes()
    with options.words.open(encoding="utf-8", newline="") as file:
        countries = list(csv.DictReader(file))
    with options.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["form", "code", "kind", "cases", "short", "currency"])
        for country in countries:
            short = codes.get(country["code"])
            money = (get_territory_currencies(short) if short else [])[:1]
            for index, row in enumerate(dict.fromkeys(rows_of(country, short))):
                once = [short or "", money[0].lower() if money else ""] if index == 0 else ["", ""]
                writer.writerow([*row, *once])


if __name__ == "__main__":
    main()
