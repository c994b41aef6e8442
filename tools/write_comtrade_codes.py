"""Write data/comtrade_codes.csv: which country a code of UN Comtrade names.

Most codes are those of the United Nations' M49 standard, which the Unicode CLDR has (by Babel,
which this tool needs). UN Comtrade's own, for areas that it draws otherwise, are listed below from
its reference of reporters and partners. Groups ("World", the EU, "Other Asia, nes") are no country.
"""

import csv
from pathlib import Path

from babel.core import get_global

OWN = {842: "US", 841: "US", 251: "FR", 757: "CH", 579: "NO", 699: "IN", 380: "IT"}
REPORTERS = {
    842,
    251,
    757,
    579,
    699,
    380,
}  # the others of these countries name partners, or the past
FORMER = {230, 278, 280, 720, 736, 886}  # of states of another extent
TARGET = Path(__file__).parents[1] / "data" / "comtrade_codes.csv"


def main() -> None:
    """Write the table."""
    with (TARGET.parent / "country_names.csv").open(encoding="utf-8", newline="") as file:
        three = {row["short"]: row["code"] for row in csv.DictReader(file) if row["short"]}
    codes = {
        int(alias): names[0]
        for alias, names in get_global("territory_aliases").items()
        if alias.isdecimal() and len(names) == 1 and names[0] in three
    }
    codes = {code: short for code, short in codes.items() if code not in FORMER}
    codes |= OWN
    own = set(OWN.values())
    rows = sorted(
        (code, three[short], short, "reporter" if short not in own or code in REPORTERS else "")
        for code, short in codes.items()
    )
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "iso3", "iso2", "used"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
