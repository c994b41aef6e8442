"""Fetchers: a pair's trade from UN Comtrade or an SDMX service, by their own clients.

They ask for totals alone, check that each answer is whole, and hand it to `from_comtrade` or
`from_sdmx`. A failed call is an error, never an empty answer. Nobody's key is printed.

Never seen live: these functions were tested with the real clients against recorded answers only.
"""

import contextlib
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tradetrack._checks import shown
from tradetrack._format import shorten
from tradetrack.errors import InputError, LedgerError, MissingExtraError
from tradetrack.ledger.ledger import Ledger
from tradetrack.sources.connections import EXTRA, TIMEOUT, PathLike, Pool, client, connect
from tradetrack.sources.countries import Pair, table
from tradetrack.sources.services import from_comtrade, from_sdmx

if TYPE_CHECKING:
    import pandas as pd
    import requests

_PERIODS = 12  # that one call with a key may name; the keyless preview takes one
_MOST = (500, 100_000)  # records of an answer without and with a key; more are cut off silently
_SHOWN = 200
_UN = "UN Comtrade"
_LATER = "try again later"
_REMEDIES = {
    400: "check the countries and the years",
    401: "check the key",
    403: "check the key and its quota",
    404: "check the countries and the years",
    429: "ask for less, or try again later",
}


def comtrade(
    pair: str,
    years: Sequence[int],
    *,
    monthly: bool = False,
    key: str | None = None,
    published: str | dt.date | None = None,
    cache: PathLike | None = None,
    session: "requests.Session | None" = None,
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
        The day from which on the figures count as known. By default the service is asked when it
        last released each country's data of each period: it overwrites what was revised, so what
        it answers was not known before; today, where it does not say.
    cache
        File in which whole answers are kept for a day, so that each question is asked once.
    session
        A session of yours in place of both (proxies, another cache).

    Raises
    ------
    MissingExtraError
        Without the clients.
    LedgerError
        If the service refuses, throttles for more than a minute, fails, or answers by half;
        nothing is returned then.

    Examples
    --------
    >>> try:
    ...     comtrade("KAZ-UZB", years=[])
    ... except InputError as error:
    ...     print(str(error).partition(";")[0])
    no years are given
    """
    wanted = Pair.parse(pair)
    every = list(_periods(years, monthly=monthly))
    service = _Comtrade(session or connect(cache, _is_whole_json), key, wanted, monthly)
    at_once = 1 if key is None else _PERIODS
    frames = [service.trade(every[at : at + at_once]) for at in range(0, len(every), at_once)]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        raise _failed(_UN, f"has nothing of {pair} in these years", _REMEDIES[404])
    import pandas as pd

    answer = pd.concat(frames, ignore_index=True)
    return from_comtrade(answer, published=published or service.released(every), pair=pair)


class _Comtrade:
    """Questions to UN Comtrade about one pair, by the UN's own client."""

    def __init__(
        self, session: "requests.Session", key: str | None, pair: Pair, monthly: bool
    ) -> None:
        self.pool = Pool(session, self._check)
        self.key, self.pair = key, pair
        codes = ",".join(str(table().code[name]) for name in pair.iso)
        freq = "M" if monthly else "A"
        self.what = {"typeCode": "C", "freqCode": freq, "clCode": "HS", "reporterCode": codes}

    def trade(self, periods: Sequence[str]) -> "pd.DataFrame":
        """Return total goods of both directions, as both partners report them."""
        query: dict[str, Any] = {
            **self.what,
            **{"period": ",".join(periods), "partnerCode": self.what["reporterCode"]},
            **{"cmdCode": "TOTAL", "flowCode": "M,X", "partner2Code": "0", "customsCode": "C00"},
            **{"motCode": "0", "includeDesc": False},
        }
        frame = self._ask("PreviewGet", "FinalData", query)
        if len(frame) >= _MOST[self.key is not None]:
            raise _failed(_UN, f"cut its answer off at {len(frame)} rows", "ask for less")
        return frame

    def released(self, periods: Sequence[str]) -> dict[tuple[str, str], str]:
        """Return the day of the last release by country and window; today where none is told."""
        today = dt.date.today().isoformat()
        days = {(iso, _window(period)): today for iso in self.pair.iso for period in periods}
        names = table().of_code
        told: dict[tuple[str, str], str] = {}
        for at in range(0, len(periods), _PERIODS):
            query = {**self.what, "period": ",".join(periods[at : at + _PERIODS])}
            for row in self._ask("DataAvailability", "FinalDataAvailability", query).itertuples():
                at_key = (names.get(int(str(row.reporterCode)), ""), _window(str(row.period)))
                day = str(row.lastReleased)[:10]
                told[at_key] = max(day, told.get(at_key, ""))
        return {key: told.get(key, day) for key, day in days.items()}

    def _ask(self, module: str, name: str, query: dict[str, Any]) -> "pd.DataFrame":
        """Call the client; what is wrong with an answer is found out before the client reads it."""
        keyless = {"PreviewGet": "preview", "DataAvailability": "_get"}[module]
        prefix = keyless if self.key is None else "get"
        call = getattr(client(module, self.pool), f"{prefix}{name}")
        if self.key is not None:
            query = {**query, "subscription_key": self.key}
        try:
            frame = call(**query)
        except LedgerError as error:
            raise LedgerError(_redacted(str(error), self.key), topic="service") from None
        except Exception as error:  # of requests, or whatever the client makes of an answer
            reason = shorten(_redacted(f"{type(error).__name__}: {error}", self.key), _SHOWN)
            raise _failed(_UN, f"did not answer ({reason})", _LATER) from None
        return frame  # type: ignore[no-any-return]

    def _check(self, status: int, body: bytes, reason: str) -> None:
        """Refuse an answer that is no whole table."""
        if status != 200:
            said = shorten(_message(body) or reason, _SHOWN) or "no reason given"
            remedy = _REMEDIES.get(status, _LATER)
            raise _failed(_UN, f"refused ({status}: {said})", remedy)
        flaw = _flaw(body)
        if flaw:
            raise _failed(_UN, flaw, _LATER)


def sdmx(
    pair: str,
    years: Sequence[int],
    *,
    source: str = "IMF_DATA",
    monthly: bool = False,
    published: str | dt.date | None = None,
    cache: PathLike | None = None,
    session: "requests.Session | None" = None,
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
        The day from which on the figures count as known; by default that on which the service made
        its answer, as neither says when it released a figure.
    cache
        File in which whole answers are kept for a day, so that each question is asked once.
    session
        A session of yours in place of both (proxies, another cache).

    Raises
    ------
    MissingExtraError
        Without sdmx1.
    LedgerError
        If the service refuses, throttles for more than a minute, fails, or answers with something
        else than whole data.

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
        raise MissingExtraError(EXTRA) from error
    flow, key = _query(Pair.parse(pair), source, "M" if monthly else "A")
    every = list(_periods(years, monthly=False))
    params = {"startPeriod": min(every), "endPeriod": max(every)}
    asking = library.Client(source, session=session or connect(cache, _is_whole_xml))
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # a parser prints its state
            message = asking.data(flow, key=key, params=params, timeout=TIMEOUT)
    except LedgerError:
        raise
    except Exception as error:  # of requests, of the parser, or an assertion about the message
        status = getattr(getattr(error, "response", None), "status_code", 0)
        reason = shorten(str(error), _SHOWN)
        raise _failed(source, f"failed ({reason})", _REMEDIES.get(status, _LATER)) from error
    prepared = getattr(getattr(message, "header", None), "prepared", None)
    day = prepared.date() if isinstance(prepared, dt.datetime) else dt.date.today()
    return from_sdmx(message, published=published or day, pair=pair)


def _query(pair: Pair, source: str, freq: str) -> tuple[str, str]:
    """Return the data flow and the key of a pair's total trade in both directions."""
    if source == "IMF_DATA":
        both = "+".join(pair.iso)
        return "IMF.STA,IMTS,1.0.0", f"{both}.XG_FOB_USD+MG_CIF_USD.{both}.{freq}"
    if source == "ESTAT_COMEXT":
        two = {iso: name for name, iso in table().of_name.items() if len(name) == 2}
        both = "+".join(two[iso] for iso in pair.iso)
        return "DS-045409", f"{freq}.{both}.{both}.TOTAL.1+2.VALUE_IN_EUROS"
    raise InputError(f"the source {shown(source)} is not known; write IMF_DATA or ESTAT_COMEXT")


def _periods(years: Sequence[int], *, monthly: bool) -> Iterator[str]:
    if not len(years):
        raise InputError("no years are given; write them as range(2015, 2025)", "years")
    months = [f"{month:02d}" for month in range(1, 13)] if monthly else [""]
    yield from (f"{year}{month}" for year in years for month in months)


def _window(period: str) -> str:
    """Return the window of a period of UN Comtrade.

    Examples
    --------
    >>> _window("202401"), _window("2024")
    ('2024-01', '2024')
    """
    return f"{period[:4]}-{period[4:]}" if len(period) > 4 else period


def _flaw(body: bytes) -> str:
    """Say what is wrong with an answer of UN Comtrade, or nothing."""
    try:
        answer = json.loads(body)
        rows = answer["data"]
    except (ValueError, TypeError, KeyError):
        return f"did not answer with data ({shorten(body.decode('utf-8', 'replace'), _SHOWN)!r})"
    if answer.get("error"):
        return f"did not answer ({shorten(str(answer['error']), _SHOWN)})"
    if not isinstance(rows, list):
        return f"did not answer with rows ({shorten(repr(rows), _SHOWN)})"
    count = answer.get("count", len(rows))
    return "" if count == len(rows) else f"answered with {len(rows)} of {count} rows"


def _is_whole_json(body: bytes) -> bool:
    return not _flaw(body)


def _is_whole_xml(body: bytes) -> bool:
    """Whether a message of SDMX has data, and no footer that says why some are missing."""
    has_data = re.search(rb"<(\w+:)?Obs\b", body) is not None
    return has_data and b":Footer" not in body and body.rstrip().endswith(b">")


def _message(body: bytes) -> str:
    """Return what the body of a refusal says."""
    text = body.decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError:
        return re.sub(r"<[^>]*>", " ", text)
    return str(found.get("message", text)) if isinstance(found, dict) else text


def _redacted(text: str, key: str | None) -> str:
    """Take a key out of a text, also where an address holds it."""
    text = re.sub(r"(subscription-key=)[^&\s'\")]+", r"\1…", text)
    return text.replace(key, "…") if key else text


def _failed(service: str, problem: str, remedy: str) -> LedgerError:
    return LedgerError(f"{service} {problem}; {remedy}", topic="service")
