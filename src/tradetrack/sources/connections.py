"""How services are asked: retries, waits that end, and a cache that keeps whole answers only."""

import datetime as dt
import importlib.util
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tradetrack.errors import LedgerError, MissingExtraError

if TYPE_CHECKING:
    import requests
    from urllib3 import Retry
    from urllib3.response import BaseHTTPResponse

EXTRA = 'fetching needs the clients of the services: pip install "tradetrack[sources]"'
TIMEOUT = 120.0
"""Seconds that a service has for its answer."""
_RETRIES, _PAUSE = 2, 1.0  # after the first call; and a factor of the seconds between calls
_LONGEST_WAIT = 60.0  # seconds that a service may ask for
_BUSY = (429, 500, 502, 503, 504)  # statuses after which it is asked again
_KEPT = dt.timedelta(days=1)
PathLike = str | os.PathLike[str]


def connect(
    cache: PathLike | None = None, whole: Callable[[bytes], bool] = bool
) -> "requests.Session":
    """Return a session that asks again where that may help.

    Parameters
    ----------
    cache
        File in which answers are kept for a day, so that the same question is asked once; made if
        it is not there. Keys are not written to it.
    whole
        Whether the body of an answer is worth keeping.

    Raises
    ------
    MissingExtraError
        Without requests and requests-cache.

    Examples
    --------
    >>> connect().get_adapter("https://comtradeapi.un.org").max_retries.total
    2
    """
    try:
        import requests
        from requests.adapters import HTTPAdapter
        from requests_cache import CachedSession
    except ImportError as error:
        raise MissingExtraError(EXTRA) from error
    made = requests.Session()
    if cache is not None:
        made = CachedSession(
            os.fspath(cache),
            backend="sqlite",
            serializer="json",
            expire_after=_KEPT,
            ignored_parameters=["subscription-key"],
            filter_fn=lambda answer: whole(answer.content),
        )
    for scheme in ("https://", "http://"):
        made.mount(scheme, HTTPAdapter(max_retries=_patience()))
    return made


def _patience() -> "Retry":
    """Return how often and after which waits a call is made again; an endless wait is an error."""
    from urllib3 import Retry

    class Patience(Retry):
        def get_retry_after(self, response: "BaseHTTPResponse") -> float | None:
            wait = super().get_retry_after(response)
            if wait and wait > _LONGEST_WAIT:
                raise LedgerError(
                    f"the service asks to wait for {wait:,.0f} seconds; try again then, or with"
                    " another key",
                    topic="service",
                )
            return wait

    return Patience(
        total=_RETRIES,
        status_forcelist=_BUSY,
        backoff_factor=_PAUSE,
        allowed_methods=("GET",),
        raise_on_status=False,
    )


class Answer(NamedTuple):
    """What the UN's client reads of an answer."""

    status: int
    data: bytes


class Pool:
    """What the UN's client takes for a pool of connections: a session, and a check of each answer.

    Attributes
    ----------
    session
        As `connect` returns it.
    check
        Refuses an answer: it is given the status, the body, and the reason in words.
    """

    def __init__(
        self, session: "requests.Session", check: Callable[[int, bytes, str], None]
    ) -> None:
        self.session, self.check = session, check

    def request(
        self, method: str, url: str, *, fields: Mapping[str, Any], timeout: float
    ) -> Answer:
        """Ask, as ``urllib3.PoolManager.request`` does; ``timeout`` is the client's own."""
        found = self.session.request(method, url, params=dict(fields), timeout=TIMEOUT)
        self.check(found.status_code, found.content, found.reason or "")
        return Answer(found.status_code, found.content)


def client(name: str, pool: Pool) -> Any:
    """Return a module of the UN's client that asks through a pool of ours.

    The client makes a pool of its own in each call, and has no place for another: one that waits
    as long as it is told to, and prints what is wrong, keys too. So this is a copy of its module,
    in which that name means ours; the module that others import stays what it is.

    Raises
    ------
    MissingExtraError
        Without the client.
    """
    try:
        spec = importlib.util.find_spec(f"comtradeapicall.{name}")
    except ImportError as error:
        raise MissingExtraError(EXTRA) from error
    if spec is None or spec.loader is None:
        raise MissingExtraError(EXTRA)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.urllib3 = _Urllib3(pool)  # type: ignore[attr-defined]
    return module


class _Urllib3:
    """The part of urllib3 that the client uses."""

    def __init__(self, pool: Pool) -> None:
        import urllib3

        self._pool, self.exceptions = pool, urllib3.exceptions

    def PoolManager(self) -> Pool:  # noqa: N802  as it is called there
        return self._pool
