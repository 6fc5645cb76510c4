"""A real HTTP server with a small model behind it, which misbehaves when it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from miaudit.arrays import Floats

FEATURES, CLASSES = 5, 3
WEIGHTS = np.random.default_rng(7).normal(size=(FEATURES, CLASSES))
METADATA: dict[str, Any] = {
    "name": "m",
    "versions": ["1"],
    "platform": "numpy",
    "inputs": [{"name": "x", "datatype": "FP64", "shape": [-1, FEATURES]}],
    "outputs": [{"name": "p", "datatype": "FP64", "shape": [-1, CLASSES]}],
}

Mood = Callable[["Handler", bytes], None]  # given the answer that should be sent


def records(n: int, seed: int = 0) -> Floats:
    """Records (n, FEATURES), no two alike."""
    return np.random.default_rng(seed).normal(size=(n, FEATURES))


def probabilities(x: Floats) -> Floats:
    """What the model says of records (n, FEATURES): softmax of a linear map, (n, CLASSES)."""
    products = np.asarray(x, dtype=np.float64)[:, :, None] * WEIGHTS  # summed alike for one record and for many
    raised = np.exp(products.sum(axis=1))
    return raised / raised.sum(axis=1, keepdims=True)


class ModelServer:
    """The server; it notes what it is asked, and each request takes the next of the moods, until none is left."""

    def __init__(self) -> None:
        self.moods: list[Mood] = []
        self.model: Callable[[Floats], Any] = probabilities
        self.metadata: dict[str, Any] | None = METADATA
        self.asked: list[list[Any]] = []  # records of each request, failed ones included
        self.tokens: list[str | None] = []  # of each request
        self.reads = 0  # of the metadata
        self.port = 0  # a free one, and later the same again
        self.over = threading.Event()
        self.start()

    def start(self) -> None:
        """Listen, again if need be."""
        handler = type("Bound", (Handler,), {"owner": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Listen no longer; whoever connects is refused."""
        self.http.shutdown()
        self.http.server_close()

    def url(self, path: str) -> str:
        """The URL of a path on this server."""
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def records_asked(self) -> int:
        """Number of records in all requests."""
        return sum(map(len, self.asked))


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A server for as long as the block lasts."""
    server = ModelServer()
    try:
        yield server
    finally:
        server.over.set()
        server.stop()


class Handler(BaseHTTPRequestHandler):
    """Answers in the forms of all protocols."""

    owner: ModelServer
    protocol_version = "HTTP/1.1"  # connections stay open
    disable_nagle_algorithm = True  # it would hold the second part of each answer back for 40 ms

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """The metadata."""
        self.owner.reads += 1
        self.answer(200 if self.owner.metadata else 404, json.dumps(self.owner.metadata).encode())

    def do_POST(self) -> None:
        """The model's answer, or what the mood makes of it."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.owner.tokens.append(self.headers["Authorization"])
        x = read_records(self.path, body)
        self.owner.asked.append(x)
        said = self.owner.model(np.array(x, dtype=np.float64))
        right = json.dumps(written(self.path, said.tolist() if isinstance(said, np.ndarray) else said)).encode()
        mood = self.owner.moods.pop(0) if self.owner.moods else None
        self.answer(200, right) if mood is None else mood(self, right)

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def read_records(path: str, body: Any) -> list[Any]:
    """The records in a request."""
    if path.endswith("/infer"):
        tensor = body["inputs"][0]
        assert tensor["shape"] == list(np.shape(tensor["data"]))
        return list(tensor["data"])
    if "dataframe_split" in body:
        assert len(body["dataframe_split"]["columns"]) == np.shape(body["dataframe_split"]["data"])[1]
        return list(body["dataframe_split"]["data"])
    if path == "/one":
        return [body["features"]]
    return list(body["batch"]["rows"] if path == "/score" else body["instances"])


def written(path: str, rows: Any) -> Any:
    """An answer with the rows in it."""
    if path.endswith("/infer"):
        flat = np.array(rows, dtype=np.float64)
        return {
            "outputs": [{"name": "p", "datatype": "FP64", "shape": list(flat.shape), "data": flat.ravel().tolist()}]
        }
    if path == "/score":
        return {"result": [{"scores": row} for row in rows]}
    return {"probabilities": rows[0]} if path == "/one" else {"predictions": rows}


def status(code: int, headers: dict[str, str] | None = None, body: bytes = b"overloaded") -> Mood:
    """Answers with an error."""
    return lambda handler, _: handler.answer(code, body, headers)


def drops(handler: Handler, right: bytes) -> None:
    """Closes the connection without a word."""
    del right
    handler.close_connection = True
    handler.connection.close()


def sends_half(handler: Handler, right: bytes) -> None:
    """Announces a whole answer and closes the connection in its middle."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(right)))
    handler.end_headers()
    handler.wfile.write(right[: len(right) // 2])
    handler.close_connection = True


def truncates(handler: Handler, right: bytes) -> None:
    """Sends half of the document as if it were the whole one."""
    handler.answer(200, right[: len(right) // 2])


def stalls(handler: Handler, right: bytes) -> None:
    """Never answers."""
    del right
    handler.close_connection = True
    handler.owner.over.wait(30)


def trickles(handler: Handler, right: bytes) -> None:
    """Sends a byte now and then, each soon enough for a time-out that only looks at single bytes."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(right)))
    handler.end_headers()
    handler.close_connection = True
    for byte in right:
        if handler.owner.over.wait(0.05):
            return
        try:
            handler.wfile.write(bytes([byte]))
        except OSError:  # the other side hung up
            return


def dies(handler: Handler, right: bytes) -> None:
    """Closes the connection, and the server does not listen any more."""
    handler.owner.stop()
    drops(handler, right)
