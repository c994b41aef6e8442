"""Countries as services write them, and as a ledger's pair does."""

from functools import lru_cache
from typing import NamedTuple

from tradetrack._checks import shown
from tradetrack._files import shipped_rows
from tradetrack.errors import InputError


class Countries(NamedTuple):
    """The shipped table ``data/comtrade_codes.csv``; `tools/write_comtrade_codes.py` writes it."""

    of_code: dict[int, str]
    of_name: dict[str, str]
    code: dict[str, int]


@lru_cache(maxsize=1)
def table() -> Countries:
    """Return the ISO3 name of each code of UN Comtrade and of each ISO2 name, and back."""
    rows = shipped_rows("comtrade_codes.csv")
    return Countries(
        {int(row["code"]): row["iso3"] for row in rows},
        {row[kind]: row["iso3"] for row in rows for kind in ("iso2", "iso3")},
        {row["iso3"]: int(row["code"]) for row in rows if row["used"]},
    )


class Pair(NamedTuple):
    """A pair of a ledger, and the ISO3 names of its partners.

    Examples
    --------
    >>> pair = Pair.parse("KZ-UZ")
    >>> pair.iso, pair.flow("UZB", "KAZ"), pair.name("UZB")
    (('KAZ', 'UZB'), 'uz_to_kz', 'UZ')
    """

    text: str
    names: tuple[str, str]
    iso: tuple[str, str]

    @classmethod
    def parse(cls, text: str) -> "Pair":
        """Read a pair of ISO codes of two or of three letters.

        Raises
        ------
        InputError
            If it is not two countries.
        """
        names = tuple(text.split("-")) if isinstance(text, str) else ()
        known = table().of_name
        if len(names) != 2 or any(name.upper() not in known for name in names):
            raise InputError(
                f"{shown(text)} is not two countries; write their ISO codes, as in KAZ-UZB or"
                " KZ-UZ",
                topic="pair",
            )
        first, second = (known[name.upper()] for name in names)
        if first == second:
            raise InputError(f"{shown(text)} is one country twice; write two", topic="pair")
        return cls(text, (names[0], names[1]), (first, second))

    def name(self, iso: str) -> str:
        """Return a partner as the pair writes it."""
        return self.names[self.iso.index(iso)]

    def flow(self, exporter: str, importer: str) -> str:
        """Return the flow from one partner to the other."""
        return f"{self.name(exporter)}_to_{self.name(importer)}".lower()
