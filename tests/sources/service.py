"""A server on the loopback that replays recorded answers to the services' own clients."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> bytes:
    """Return the one recorded answer whose name begins so."""
    [path] = SAMPLES.glob(f"{name}*")
    return path.read_bytes()


@dataclass
class Answer:
    """What the server says to one request; the last one is repeated.

    Attributes
    ----------
    missing
        Bytes that it announces and does not send.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0


@dataclass
class Service:
    """A running server: where it is, and what it was asked."""

    url: str
    queries: list[dict[str, list[str]]]
    paths: list[str]


@contextmanager
def serving(*answers: Answer, at: Mapping[str, Answer] | None = None) -> Iterator[Service]:
    """Run a server for the length of a block; ``at`` has answers for paths that hold a word."""
    left = list(answers)
    service = Service("", [], [])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            service.paths.append(parts.path)
            service.queries.append(parse_qs(parts.query))
            own = [found for word, found in (at or {}).items() if word in parts.path]
            answer = own[0] if own else left.pop(0) if len(left) > 1 else left[0]
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) + answer.missing))
            self.end_headers()
            self.wfile.write(answer.body)
            if answer.missing:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Elsewhere(HTTPAdapter):
    """Sends every request to another host: in front of the adapter of a session."""

    def __init__(self, url: str, adapter: HTTPAdapter) -> None:
        super().__init__(max_retries=adapter.max_retries)
        self.url = url

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        assert request.url is not None
        request.url = f"{self.url}/{request.url.split('/', 3)[3]}"
        return super().send(request, *args, **options)


def leading_to(url: str, session: Session) -> Session:
    """Return a session of which every request goes to another host."""
    for scheme in ("https://", "http://"):
        adapter = session.get_adapter(scheme)
        assert isinstance(adapter, HTTPAdapter)
        session.mount(scheme, Elsewhere(url, adapter))
    return session
