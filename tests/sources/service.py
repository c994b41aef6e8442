"""A server on the loopback that replays recorded answers to the services' own clients."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import urllib3

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> bytes:
    """Return the one recorded answer whose name begins so."""
    [path] = SAMPLES.glob(f"{name}*")
    return path.read_bytes()


@dataclass
class Answer:
    """What the server says to one request; the last one is repeated."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Service:
    """A running server: where it is, and what it was asked."""

    url: str
    queries: list[dict[str, list[str]]]
    paths: list[str]


@contextmanager
def serving(*answers: Answer) -> Iterator[Service]:
    """Run a server for the length of a block."""
    left = list(answers)
    service = Service("", [], [])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            service.paths.append(parts.path)
            service.queries.append(parse_qs(parts.query))
            answer = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

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


def pool_to(url: str) -> type[urllib3.PoolManager]:
    """Return a pool that sends every request to another host."""
    real = urllib3.PoolManager

    class Pool(real):  # type: ignore[valid-type,misc]
        def request(self, method: str, address: str, *args: object, **options: object) -> object:
            path = address.split("/", 3)[3]
            return super().request(method, f"{url}/{path}", *args, **options)

    return Pool
