"""What statistical services answer, as a ledger: one row for each period, reporter and flow.

Each partner of a pair reports both flows: its exports, mostly free on board (FOB), and its imports,
mostly with cost, insurance and freight (CIF). So one flow has two figures that differ for good
reason. Each stays what it is: a figure by its reporter, who stands on the side of the country. They
are neither averaged nor used to fill one another.

A service answers with totals and with their parts in one table. Only totals are taken; where there
is none, or more than one, that is an error: parts are never summed here.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

from tradetrack._checks import shown
from tradetrack.domain.observation import last_day
from tradetrack.errors import InputError, LedgerError
from tradetrack.ledger.io import collected, whole
from tradetrack.ledger.ledger import Ledger
from tradetrack.ledger.parse import from_rows
from tradetrack.sources.countries import Pair, table

if TYPE_CHECKING:
    import pandas as pd

Published: TypeAlias = str | dt.date | Mapping[tuple[str, str], str]
"""A date for all, or one for each ISO3 name of a reporter and window."""
_COMTRADE = (
    *("freqCode", "period", "reporterCode", "flowCode", "partnerCode", "partner2Code", "cmdCode"),
    *("customsCode", "motCode", "cifvalue", "fobvalue", "primaryValue"),
)
_IMF = ("COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE")
_COMEXT = ("freq", "reporter", "partner", "product", "flow", "indicators", "TIME_PERIOD")
_INDICATORS = {
    "XG_FOB_USD": ("X", "exports FOB"),
    "MG_CIF_USD": ("M", "imports CIF"),
    "MG_FOB_USD": ("M", "imports FOB"),
}
_EUROS = ("VALUE_IN_EUROS", "VALUE_EUR")
_COMEXT_FLOWS = {"1": ("M", "imports CIF"), "2": ("X", "exports FOB")}


@dataclass(frozen=True)
class _Figure:
    """A total that a country reports of its trade with another."""

    reporter: str
    partner: str
    direction: str
    window: str
    value: object
    unit: str
    note: str

    @property
    def key(self) -> tuple[str, ...]:
        return self.window, self.reporter, self.partner, self.direction


def from_comtrade(
    frame: "pd.DataFrame",
    *,
    published: Published,
    pair: str | None = None,
) -> Ledger:
    """Read what UN Comtrade answered: a frame of ``getFinalData`` or ``previewFinalData``.

    Taken are total goods (``cmdCode`` TOTAL) by all second partners, customs procedures and modes
    of transport, the flows X and M alone; re-exports, which are part of X, are named in the note.

    Parameters
    ----------
    frame
        The answer, with all columns. Countries are told by their codes.
    published
        When these values were out: a date for all, or one for each ISO3 name of a reporter and
        period, as in ``{("BRA", "2023"): "2024-02-01"}``. It is the *last* release: UN Comtrade
        overwrites what was revised.
    pair
        Which pair, as a ledger writes it (``"KZ-UZ"`` or ``"KAZ-UZB"``); by default the only one.

    Returns
    -------
    Ledger
        Levels in US dollars; reporters such as ``"BRA (UN Comtrade)"`` on the side of ``"BRA"``,
        their valuation in the note.

    Raises
    ------
    LedgerError
        If a column or a total is missing, or a total is there more than once.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame([{
    ...     "freqCode": "A", "period": "2023", "reporterCode": 76, "flowCode": "X",
    ...     "partnerCode": 156, "partner2Code": 0, "cmdCode": "TOTAL", "customsCode": "C00",
    ...     "motCode": 0, "cifvalue": None, "fobvalue": 1.5e9, "primaryValue": 1.5e9}])
    >>> [str(row) for row in from_comtrade(frame, published="2024-02")]
    ['BRA-CHN bra_to_chn 2023 1500000000 usd (BRA (UN Comtrade), published 2024-02)']
    """
    rows = [
        (row, found)
        for row in _records(frame, _COMTRADE, "UN Comtrade")
        if str(row["cmdCode"]) == "TOTAL" and (found := _comtrade_figure(row)) is not None
    ]
    every = [found for row, found in rows if row["flowCode"] in ("X", "M")]
    totals = [found for row, found in rows if row["flowCode"] in ("X", "M") and _is_total(row)]
    reexports = {
        (found.window, found.reporter, found.partner): _digits(found.value)
        for row, found in rows
        if row["flowCode"] == "RX" and _is_total(row)
    }
    if not every:
        raise _wrong(
            "UN Comtrade",
            "has no total of goods between two countries",
            "ask for cmdCode='TOTAL' and flowCode='M,X'",
        )
    return _ledger(totals, every, "UN Comtrade", published, pair, reexports)


def from_sdmx(
    message_or_frame: Any,
    *,
    published: Published,
    pair: str | None = None,
) -> Ledger:
    """Read an SDMX message, or a frame of SDMX-CSV: IMF trade in goods, Eurostat Comext.

    Of the IMF's IMTS the indicators ``XG_FOB_USD``, ``MG_CIF_USD`` and, where there is no other,
    ``MG_FOB_USD`` are taken; its values are US dollars whatever SCALE says. Of Comext the product
    TOTAL and the flows 1 (import) and 2 (export) in whole euros. Groups of countries are left out.

    Parameters
    ----------
    message_or_frame
        What sdmx1 returned, or a frame with the columns of the data flow (read it as text).
    published
        As for `from_comtrade`. Neither service dates a value; the day on which it was fetched is
        safe.
    pair
        As for `from_comtrade`.

    Returns
    -------
    Ledger
        Levels in US dollars (IMF) or euros (Comext).

    Raises
    ------
    LedgerError
        If it is no such table, has no figure of the pair, or one more than once.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame([{
    ...     "COUNTRY": "BRA", "INDICATOR": "MG_CIF_USD", "COUNTERPART_COUNTRY": "CHN",
    ...     "FREQUENCY": "M", "TIME_PERIOD": "2024-M01", "OBS_VALUE": "5000000000"}])
    >>> [str(row) for row in from_sdmx(frame, published="2024-04")]
    ['BRA-CHN chn_to_bra 2024-01 5000000000 usd (BRA (IMF), published 2024-04)']
    """
    frame = _sdmx_frame(message_or_frame)
    if set(_IMF[:3]) & set(frame.columns):
        rows = _records(frame, _IMF, "the IMF")
        figures = _without_second_imports(list(_made(_imf_figure, rows)))
        return _ledger(figures, figures, "IMF", published, pair, {})
    rows = _records(frame, (*_COMEXT, "OBS_VALUE"), "Eurostat")
    figures = list(_made(_comext_figure, rows))
    return _ledger(figures, figures, "Eurostat", published, pair, {})


def _made(
    make: "Callable[[Mapping[str, Any]], _Figure | None]", rows: Iterable[Mapping[str, Any]]
) -> Iterable[_Figure]:
    return (found for row in rows if (found := make(row)) is not None)


def _records(frame: Any, wanted: Sequence[str], service: str) -> list[dict[str, Any]]:
    columns = [str(name) for name in getattr(frame, "columns", ())]
    if not hasattr(frame, "to_dict"):
        raise InputError(
            f"an object of type {type(frame).__name__} is no answer of {service}; pass the data"
            " frame that its client returned (None is a failed call)",
            topic="service",
        )
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise _wrong(
            service,
            f"lacks {', '.join(missing)} (it has {', '.join(columns[:8]) or 'no columns'})",
            "ask anew with all columns; an answer without columns has no rows",
        )
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _nothing(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, Real) and value != value)


def _is_total(row: Mapping[str, Any]) -> bool:
    """Whether a row is of all goods, second partners, customs procedures and modes of transport."""
    return (
        str(row["cmdCode"]) == "TOTAL"
        and (_nothing(row["partner2Code"]) or _code(row["partner2Code"]) == 0)
        and (_nothing(row["customsCode"]) or str(row["customsCode"]) == "C00")
        and (_nothing(row["motCode"]) or _code(row["motCode"]) == 0)
        and str(row.get("mosCode") or "0") in ("0", "0.0", "nan")
        and str(row.get("typeCode") or "C") == "C"
    )


def _code(value: object) -> int:
    try:
        return int(float(str(value)))
    except ValueError:
        return -1


def _comtrade_figure(row: Mapping[str, Any]) -> _Figure | None:
    """Return the figure of a row between two countries; None if one is a group or unknown."""
    names = table().of_code
    reporter, partner = (names.get(_code(row[key])) for key in ("reporterCode", "partnerCode"))
    if reporter is None or partner is None or reporter == partner:
        return None
    direction = "M" if row["flowCode"] == "M" else "X"
    period = str(_code(row["period"]))
    window = period if row["freqCode"] == "A" else f"{period[:4]}-{period[4:]}"
    note = _valuation(row, direction)
    if str(row.get("classificationCode") or "") == "TM":
        note += "; official or estimated (trade matrix)"
    return _Figure(reporter, partner, direction, window, row["primaryValue"], "usd", note)


def _valuation(row: Mapping[str, Any], direction: str) -> str:
    """Say how a value was compiled; 0 in either column means that it is not given."""
    cif, fob = (not _nothing(row[key]) and float(row[key]) > 0 for key in ("cifvalue", "fobvalue"))
    if direction == "X":
        return "exports FOB" if fob or not cif else "exports CIF"
    if cif:
        return "imports CIF"
    return "imports FOB" if fob else "imports, valuation not given (mostly CIF)"


def _imf_figure(row: Mapping[str, Any]) -> _Figure | None:
    names = table().of_name
    reporter, partner = (names.get(str(row[key])) for key in ("COUNTRY", "COUNTERPART_COUNTRY"))
    found = _INDICATORS.get(str(row["INDICATOR"]))
    if reporter is None or partner is None or found is None or _nothing(row["OBS_VALUE"]):
        return None
    derived = row.get("DERIVATION_TYPE")
    note = found[1] + ("" if _nothing(derived) else f"; derivation {derived}")
    window = _window(str(row["TIME_PERIOD"]))
    return _Figure(reporter, partner, found[0], window, row["OBS_VALUE"], "usd", note)


def _without_second_imports(figures: Sequence[_Figure]) -> list[_Figure]:
    """Leave out imports FOB where there are imports CIF of the same: one import, valued twice."""
    both = {found.key for found in figures if found.note.startswith("imports CIF")}
    return [found for found in figures if found.key not in both or "imports FOB" not in found.note]


def _comext_figure(row: Mapping[str, Any]) -> _Figure | None:
    names = table().of_name
    reporter, partner = (names.get(str(row[key])) for key in ("reporter", "partner"))
    flow = _COMEXT_FLOWS.get(str(row["flow"]))
    if reporter is None or partner is None or flow is None or _nothing(row["OBS_VALUE"]):
        return None
    if str(row["product"]) != "TOTAL" or str(row["indicators"]) not in _EUROS:
        return None
    window = _window(str(row["TIME_PERIOD"]))
    return _Figure(reporter, partner, flow[0], window, row["OBS_VALUE"], "eur", flow[1])


def _window(period: str) -> str:
    """Return the months of ``2024``, ``2024-Q1``, ``2024-M01`` or ``2024-01``."""
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        last = 3 * int(part[1:])
        return f"{year}-{last - 2:02d}..{year}-{last:02d}"
    return f"{year}-{part.removeprefix('M')}" if part else year


def _sdmx_frame(message: Any) -> "pd.DataFrame":
    """Return the observations of a message as a frame; an empty one says why it is."""
    if hasattr(message, "columns"):
        return message  # type: ignore[no-any-return]  # _records checks it
    if not isinstance(getattr(message, "data", None), list | tuple):
        raise InputError(f"{shown(message)} is no answer; pass a data frame or an SDMX message")
    import sdmx

    footer = getattr(message, "footer", None)
    if footer is not None:
        text = " ".join(map(str, footer.text))
        raise _wrong("the service", f"is not whole ({footer.code}: {text})", "ask for less at once")
    import pandas as pd

    frames = []
    for part in message.data:
        values = sdmx.to_pandas(part)
        if isinstance(values, pd.Series) and len(values):
            frames.append(values.rename("OBS_VALUE").reset_index())
    if not frames:
        raise _wrong("the service", "has no observations", "check the countries and the years")
    joined: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return joined


def _ledger(
    figures: Sequence[_Figure],
    parts: Sequence[_Figure],
    service: str,
    published: Published,
    pair: str | None,
    reexports: Mapping[tuple[str, str, str], str],
) -> Ledger:
    wanted = _pair(parts, service, pair)
    own = [found for found in figures if {found.reporter, found.partner} == set(wanted.iso)]
    counts: dict[tuple[str, ...], int] = {}
    for found in parts:
        if {found.reporter, found.partner} == set(wanted.iso):
            counts.setdefault(found.key, 0)
    for found in own:
        counts[found.key] += 1
    for (window, reporter, partner, direction), count in counts.items():
        if count != 1:
            what = "imports from" if direction == "M" else "exports to"
            raise _wrong(
                service,
                f"has {count or 'no'} totals of {reporter}'s {what} {partner} in {window}",
                "ask for the totals alone (partner2Code='0', customsCode='C00', motCode='0'); parts"
                " are not summed here",
            )
    rows = [
        (number, _row(found, wanted, service, published, reexports))
        for number, found in enumerate(own)
    ]
    return whole(collected(from_rows(rows)), f"the answer of {service}", "rows count from 0")


def _pair(figures: Sequence[_Figure], service: str, pair: str | None) -> Pair:
    found = sorted({"-".join(sorted((row.reporter, row.partner))) for row in figures})
    if pair is not None:
        wanted = Pair.parse(pair)
        if "-".join(sorted(wanted.iso)) not in found:
            raise _wrong(
                service,
                f"has nothing of {pair} (it has {', '.join(found[:8])})",
                "ask for both countries",
            )
        return wanted
    if len(found) != 1:
        raise _wrong(
            service,
            f"has the pairs {', '.join(found[:8]) or 'of no two countries'}",
            "say which with pair",
        )
    return Pair.parse(found[0])


def _row(
    found: _Figure,
    pair: Pair,
    service: str,
    published: Published,
    reexports: Mapping[tuple[str, str, str], str],
) -> dict[str, str]:
    side = pair.name(found.reporter)
    ends = (found.reporter, found.partner)
    again = reexports.get((found.window, *ends)) if found.direction == "X" else None
    note = found.note + (f"; of which {again} re-exported" if again else "")
    return {
        "pair": pair.text,
        "flow": pair.flow(*(ends if found.direction == "X" else ends[::-1])),
        "window": found.window,
        "value": _digits(found.value),
        "unit": found.unit,
        "reporter": f"{side} ({service})",
        "side": side,
        "published": _published(found, published),
        "document": service,
        "note": note,
    }


def _digits(value: object) -> str:
    """Return the digits that a service gave: 1500000000.0 is how JSON's readers keep 1500000000."""
    if isinstance(value, str):
        return value.strip()
    number = float(str(value))
    return str(int(number)) if number.is_integer() else format(number, "f").rstrip("0")


def _published(found: _Figure, published: Published) -> str:
    date = published
    if isinstance(published, Mapping):
        date = published.get((found.reporter, found.window), "")
        if not date:
            raise InputError(
                f"published has no date for {(found.reporter, found.window)}; add the day on which"
                " it was last released",
                topic="date",
            )
    assert not isinstance(date, Mapping)
    return date if isinstance(date, str) else last_day(date).isoformat()


def _wrong(service: str, problem: str, remedy: str) -> LedgerError:
    return LedgerError(f"the answer of {service} {problem}; {remedy}", topic="service")
