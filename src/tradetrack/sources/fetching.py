"""Fetchers: a pair's trade from UN Comtrade or an SDMX service, by their own clients.

They ask for totals alone, check that the answer is whole, and hand it to `from_comtrade` or
`from_sdmx`. A failed call is an error, never an empty answer. Nobody's key is printed.

Never seen live: these functions were tested with the real clients against recorded answers only.
"""

import contextlib
import datetime as dt
import io
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from tradetrack._format import shorten
from tradetrack.errors import InputError, LedgerError, MissingExtraError
from tradetrack.ledger.ledger import Ledger
from tradetrack.sources.countries import Pair, table
from tradetrack.sources.services import from_comtrade, from_sdmx

if TYPE_CHECKING:
    import pandas as pd

_PERIODS = 12  # that one call with a key may name; the keyless preview takes one
_MOST = (500, 100_000)  # records of an answer without and with a key; more are cut off silently
_TRIES, _PAUSE = 3, 2.0  # calls in all, and seconds before the second
_HOPELESS = re.compile(r"\b40[0134]\b|subscription|quota|not found", re.IGNORECASE)
_SHOWN = 200
_EXTRA = 'fetching needs the clients of the services: pip install "tradetrack[sources]"'


def comtrade(
    pair: str,
    years: Sequence[int],
    *,
    monthly: bool = False,
    key: str | None = None,
    published: str | dt.date | None = None,
) -> Ledger:
    """Fetch a pair's trade in goods from UN Comtrade; needs the extra ``sources``.

    Parameters
    ----------
    pair
        As the ledger is to write it: ``"KAZ-UZB"`` or ``"KZ-UZ"``.
    years
        Which years.
    monthly
        Months instead of years.
    key
        A subscription key. Without one, the preview is asked, one period a call.
    published
        The day from which on the figures count as known; today by default, as UN Comtrade
        overwrites what was revised.

    Raises
    ------
    MissingExtraError
        Without the clients.
    LedgerError
        If the service refuses, throttles, fails, or cuts its answer off; nothing is returned then.

    Examples
    --------
    >>> try:
    ...     comtrade("KAZ-UZB", years=[])
    ... except InputError as error:
    ...     print(str(error).partition(";")[0])
    no years are given
    """
    try:
        import comtradeapicall
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError(_EXTRA) from error
    wanted = Pair.parse(pair)
    codes = ",".join(str(_code(name)) for name in wanted.iso)
    call = comtradeapicall.previewFinalData if key is None else comtradeapicall.getFinalData
    frames = []
    for periods in _periods(years, monthly=monthly, at_once=1 if key is None else _PERIODS):
        query: dict[str, Any] = {
            **{"typeCode": "C", "freqCode": "M" if monthly else "A", "clCode": "HS"},
            **{"period": periods, "reporterCode": codes, "partnerCode": codes},
            **{"cmdCode": "TOTAL", "flowCode": "M,X", "partner2Code": "0", "customsCode": "C00"},
            **{"motCode": "0", "includeDesc": False},
        }
        if key is not None:
            query["subscription_key"] = key
        frame = _answered(partial(call, **query), key)
        if len(frame) >= _MOST[key is not None]:
            raise _failed("UN Comtrade", f"cut its answer off at {len(frame)} rows", "ask for less")
        frames += [frame] if len(frame) else []
    if not frames:
        raise _failed(
            "UN Comtrade", f"has nothing of {pair} in these years", "check the codes and the years"
        )
    answer = pd.concat(frames, ignore_index=True)
    return from_comtrade(answer, published=published or dt.date.today(), pair=pair)


def sdmx(
    pair: str,
    years: Sequence[int],
    *,
    source: str = "IMF_DATA",
    monthly: bool = False,
    published: str | dt.date | None = None,
    client: Any = None,
) -> Ledger:
    """Fetch a pair's trade in goods from the IMF or Eurostat by SDMX; needs the extra ``sources``.

    Parameters
    ----------
    pair
        As the ledger is to write it.
    years
        Which years: all from the first to the last.
    source
        ``"IMF_DATA"`` (IMTS, US dollars), or ``"ESTAT_COMEXT"`` (euros; only members of the EU
        report).
    monthly
        Months instead of years.
    published
        The day from which on the figures count as known; today by default.
    client
        An ``sdmx.Client`` that is set up already (proxies, a cache of requests-cache).

    Raises
    ------
    MissingExtraError
        Without sdmx1.
    LedgerError
        If the service refuses, fails, or answers with something else than whole data.

    Examples
    --------
    >>> try:
    ...     sdmx("KAZ-UZB", years=range(2015, 2025), source="WTO")
    ... except InputError as error:
    ...     print(str(error).partition(";")[0])
    the source 'WTO' is not known
    """
    try:
        import sdmx as library
    except ImportError as error:
        raise MissingExtraError(_EXTRA) from error
    flow, key = _query(Pair.parse(pair), source, "M" if monthly else "A")
    params = {"startPeriod": str(min(years)), "endPeriod": str(max(years))}
    client = client or library.Client(source)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # a parser prints its state
            message = client.data(flow, key=key, params=params)
    except Exception as error:  # of requests, of the parser, or an assertion about the message
        raise _failed(
            source, f"failed ({shorten(str(error), _SHOWN)})", "try again later"
        ) from error
    return from_sdmx(message, published=published or dt.date.today(), pair=pair)


def _query(pair: Pair, source: str, freq: str) -> tuple[str, str]:
    """Return the data flow and the key of a pair's total trade in both directions."""
    if source == "IMF_DATA":
        both = "+".join(pair.iso)
        return "IMF.STA,IMTS,1.0.0", f"{both}.XG_FOB_USD+MG_CIF_USD.{both}.{freq}"
    if source == "ESTAT_COMEXT":
        two = {iso: name for name, iso in table().of_name.items() if len(name) == 2}
        both = "+".join(two[iso] for iso in pair.iso)
        return "DS-045409", f"{freq}.{both}.{both}.TOTAL.1+2.VALUE_IN_EUROS"
    raise InputError(f"the source {source!r} is not known; write IMF_DATA or ESTAT_COMEXT")


def _code(iso: str) -> int:
    return table().code[iso]


def _periods(years: Sequence[int], *, monthly: bool, at_once: int) -> Iterator[str]:
    months = [f"{month:02d}" for month in range(1, 13)] if monthly else [""]
    every = [f"{year}{month}" for year in years for month in months]
    if not every:
        raise InputError("no years are given; write them as range(2015, 2025)", "years")
    for start in range(0, len(every), at_once):
        yield ",".join(every[start : start + at_once])


def _answered(call: "Callable[[], pd.DataFrame | None]", key: str | None) -> "pd.DataFrame":
    """Call the client until it answers; it prints what went wrong and returns None."""
    for attempt in range(_TRIES):
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                frame = call()
            reason = printed.getvalue()
        except Exception as error:  # the client raises what its parsers do
            frame, reason = None, f"{type(error).__name__}: {error}"
        if frame is not None:
            return frame
        if _HOPELESS.search(reason):
            break
        if attempt + 1 < _TRIES:
            time.sleep(_PAUSE * 2**attempt)
    problem = f"did not answer ({shorten(_redacted(reason, key), _SHOWN) or 'no reason given'})"
    raise _failed("UN Comtrade", problem, "check the key and the quota, or try again later")


def _redacted(text: str, key: str | None) -> str:
    """Take a key out of a text, also where an address holds it."""
    text = re.sub(r"(subscription-key=)[^&\s'\")]+", r"\1…", text)
    return text.replace(key, "…") if key else text


def _failed(service: str, problem: str, remedy: str) -> LedgerError:
    return LedgerError(f"{service} {problem}; {remedy}", topic="service")
