"""Downloads from a server in this process: whole, checked, or an error that says what to do."""

import hashlib
import importlib
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataset_files import draw, png, write_shard
from miaudit.datasets import _download
from miaudit.datasets._download import Hub, Original, fetch, unpack, write_parquet
from miaudit.datasets._files import ensure
from miaudit.datasets.base import About
from miaudit.datasets.mnist import Mnist
from miaudit.errors import UserError

ABOUT = About(2, 2, (1,), 0.1, "none", "us", "toy", ("toy.csv",), "ask us for toy.csv")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class calls it so
        """Nothing."""


@contextmanager
def running(handler: Any) -> Iterator[str]:
    """Address of a server in this process."""
    with HTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Address of `<tmp>/served` on this machine."""
    (tmp_path / "served").mkdir()
    with running(partial(Quiet, directory=str(tmp_path / "served"))) as address:
        yield address


class Faulty(BaseHTTPRequestHandler):
    """Closes the first connections early, or answers with an error; honours `Range` where it is told to."""

    content = b"0123456789" * 100
    failures: ClassVar[list[int]] = []  # of the answers to come: bytes to send before closing, or a status from 400 on
    ranges = True
    asked: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        type(self).asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.ranges else 0
        fault = self.failures.pop(0) if self.failures else len(self.content)
        if fault >= 400 and fault < 600:
            self.send_error(fault)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(self.content) - start))
        self.end_headers()
        self.wfile.write(self.content[start : start + fault])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class calls it so
        """Nothing."""


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a file on a server that may fail; nobody waits between tries."""
    monkeypatch.setattr(_download, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(Faulty, "failures", [])
    monkeypatch.setattr(Faulty, "asked", [])
    with running(Faulty) as address:
        yield f"{address}/toy.csv"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("MIAUDIT_OFFLINE", "0")
    return tmp_path / "data"


def serve(folder: Path, content: bytes) -> str:
    (folder / "served" / "toy.csv").write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def test_a_file_is_fetched_whole(tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_download, "BLOCK", 7)
    digest = serve(tmp_path, b"a,b\n" * 100)
    path = tmp_path / "new" / "folder" / "toy.csv"
    fetch(Original(f"{server}/toy.csv", digest), path)
    assert path.read_bytes() == b"a,b\n" * 100
    fetch(Original(f"{server}/toy.csv", digest[:12]), path)
    assert [entry.name for entry in path.parent.iterdir()] == ["toy.csv"]


def test_another_file_is_refused(tmp_path: Path, server: str) -> None:
    serve(tmp_path, b"other")
    path = tmp_path / "got" / "toy.csv"
    with pytest.raises(UserError, match=r"toy.csv: expected sha256 00000000, got d9298a10d1b0"):
        fetch(Original(f"{server}/toy.csv", "00000000"), path)
    assert not list(path.parent.iterdir())


def test_a_connection_that_breaks_off_goes_on_where_it_stopped(tmp_path: Path, faulty: str) -> None:
    Faulty.failures[:] = [300, 250]
    fetch(Original(faulty, hashlib.sha256(Faulty.content).hexdigest()), tmp_path / "got" / "toy.csv")
    assert (tmp_path / "got" / "toy.csv").read_bytes() == Faulty.content
    assert Faulty.asked == [None, "bytes=300-", "bytes=550-"]


def test_a_server_without_ranges_begins_anew(tmp_path: Path, faulty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Faulty, "ranges", False)
    Faulty.failures[:] = [300]
    fetch(Original(faulty, hashlib.sha256(Faulty.content).hexdigest()), tmp_path / "got" / "toy.csv")
    assert (tmp_path / "got" / "toy.csv").read_bytes() == Faulty.content


def test_tries_come_to_an_end(tmp_path: Path, faulty: str) -> None:
    Faulty.failures[:] = [100, 503, 100, 100]
    with pytest.raises(UserError, match="the connection was closed after 200 of 1,000 bytes"):
        fetch(Original(faulty, ""), tmp_path / "got" / "toy.csv")
    assert len(Faulty.asked) == 3
    assert not list((tmp_path / "got").iterdir())


def test_a_server_that_refuses_is_asked_once(tmp_path: Path, faulty: str) -> None:
    Faulty.failures[:] = [403]
    with pytest.raises(UserError, match="HTTP Error 403"):
        fetch(Original(faulty, ""), tmp_path / "got" / "toy.csv")
    assert len(Faulty.asked) == 1


def test_an_address_that_does_not_answer(tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_download, "PAUSES", (0.0,))
    with pytest.raises(UserError, match=r"none.csv: HTTP Error 404"):
        fetch(Original(f"{server}/none.csv", ""), tmp_path / "got" / "toy.csv")
    with pytest.raises(UserError, match="Connection refused"):
        fetch(Original("http://127.0.0.1:9/toy.csv", ""), tmp_path / "got" / "toy.csv")


def test_missing_files_are_downloaded_and_others_are_not(tmp_path: Path, server: str, root: Path) -> None:
    digest = serve(tmp_path, b"a,b\n")
    calls: list[Path] = []

    def download(folder: Path) -> None:
        calls.append(folder)
        fetch(Original(f"{server}/toy.csv", digest), folder / "toy.csv")

    assert ensure(ABOUT, download) == root / "toy"
    assert ensure(ABOUT, download) == root / "toy"
    assert calls == [root / "toy"]


def refuse(folder: Path) -> None:
    raise UserError(f"no way to {folder.name}")


def test_what_cannot_be_downloaded(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    advice = rf": ask us for toy.csv; put toy.csv into {root}/toy, or set MIAUDIT_DATA"
    with pytest.raises(UserError, match=rf"toy is not in {root} and cannot be downloaded \(no way to toy\){advice}"):
        ensure(ABOUT, refuse)
    monkeypatch.setenv("MIAUDIT_OFFLINE", "1")
    with pytest.raises(UserError, match=rf"toy is not in {root}{advice}"):
        ensure(ABOUT, refuse)


def test_archives(tmp_path: Path) -> None:
    (tmp_path / "inside.txt").write_text("hello")
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as tar:
        tar.add(tmp_path / "inside.txt", "folder/inside.txt")
    unpack(tmp_path / "a.tgz", tmp_path / "out")
    assert (tmp_path / "out" / "folder" / "inside.txt").read_text() == "hello"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["folder"]
    (tmp_path / "out" / "folder" / "inside.txt").write_text("an older try")
    unpack(tmp_path / "a.tgz", tmp_path / "out")
    assert (tmp_path / "out" / "folder" / "inside.txt").read_text() == "hello"
    (tmp_path / "cut.tgz").write_bytes((tmp_path / "a.tgz").read_bytes()[:60])
    with pytest.raises(UserError, match=r"cut.tgz cannot be unpacked"):
        unpack(tmp_path / "cut.tgz", tmp_path / "other")
    assert not list((tmp_path / "other").glob("*"))


def test_an_archive_cannot_write_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "inside.txt").write_text("hello")
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as tar:
        tar.add(tmp_path / "inside.txt", "../outside.txt")
    with pytest.raises(UserError, match=r"cannot be unpacked: .*outside"):
        unpack(tmp_path / "a.tgz", tmp_path / "out")
    assert not (tmp_path / "outside.txt").exists()


def test_a_table_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot write .*: "):
        write_parquet(pa.table({"a": [1]}), tmp_path / "file" / "a.parquet")


# The hub's client, in place of which stands one that reads a local folder


class Rows:
    """As much of the client's data set as is used."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def select_columns(self, names: list[str]) -> "Rows":
        return Rows(self.table.select(names))

    def rename_columns(self, names: dict[str, str]) -> "Rows":
        return Rows(self.table.rename_columns([names.get(name, name) for name in self.table.column_names]))

    def cast_column(self, name: str, kind: str) -> "Rows":
        assert (name, kind) == ("image", "not decoded")
        return self

    def to_parquet(self, path: str) -> None:
        pq.write_table(self.table, path)


def client(monkeypatch: pytest.MonkeyPatch, answers: dict[str, pa.Table]) -> None:
    def load_dataset(name: str, split: str) -> Rows:
        if split not in answers:
            raise ConnectionError(f"no route to {name}")
        return Rows(answers[split])

    def image(*, decode: bool) -> str:
        return "decoded" if decode else "not decoded"

    fake = SimpleNamespace(load_dataset=load_dataset, Image=image)
    real = importlib.import_module
    monkeypatch.setattr(
        _download, "importlib", SimpleNamespace(import_module=lambda name: fake if name == "datasets" else real(name))
    )


def table(pixels: Any, labels: list[int], names: tuple[str, str]) -> pa.Table:
    images = [{"bytes": png(one), "path": None} for one in pixels]
    return pa.table({names[0]: images, names[1]: labels, "other": labels})


def test_images_from_the_hub(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = draw(4, (1, 28, 28))
    columns = ("image", "label")
    client(monkeypatch, {"train": table(pixels[:3], [1, 2, 3], columns), "test": table(pixels[3:], [4], columns)})
    data = Mnist().load()
    np.testing.assert_array_equal(data.x, (pixels / 255).astype(np.float32))
    assert data.y.tolist() == [1, 2, 3, 4]
    assert sorted(path.name for path in (root / "mnist").iterdir()) == ["test.parquet", "train.parquet"]


def test_columns_of_the_hub_get_our_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = table(draw(2, (3, 32, 32)), [5, 6], ("img", "fine_label"))
    client(monkeypatch, {"train": answer, "test": answer})
    Hub("a/b", image="img", label="fine_label").download(tmp_path / "hub")
    written = pq.read_table(tmp_path / "hub" / "train.parquet")
    assert written.column_names == ["image", "label"]
    assert written["label"].to_pylist() == [5, 6]


def test_a_hub_that_does_not_answer(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client(monkeypatch, {"train": table(draw(1, (1, 28, 28)), [0], ("image", "label"))})
    message = r"mnist is not in .* and cannot be downloaded \(ylecun/mnist: no route to ylecun/mnist\): get train and"
    with pytest.raises(UserError, match=message):
        Mnist().load()
    assert not list((root / "mnist").glob("*.part"))


def test_without_the_hubs_client(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = SimpleNamespace(import_module=lambda _: SimpleNamespace())  # what a folder `datasets` is imported as
    monkeypatch.setattr(_download, "importlib", empty)
    with pytest.raises(UserError, match=r"that needs the extra `hub`: pip install 'miaudit\[hub\]'"):
        Mnist().load()


def test_the_hubs_real_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a local folder in the hub's layout; needs the extra `hub`."""
    if not hasattr(importlib.import_module("datasets"), "load_dataset"):
        pytest.skip("Hugging Face datasets is not installed")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    pixels = draw(4, (1, 28, 28))
    for split, part in (("train", slice(3)), ("test", slice(3, 4))):
        write_shard(
            tmp_path / "hub" / "data" / f"{split}-00000-of-00001.parquet", pixels[part], [7] * len(pixels[part])
        )
    Hub(str(tmp_path / "hub")).download(tmp_path / "data" / "mnist")
    np.testing.assert_array_equal(Mnist().load().x, (pixels / 255).astype(np.float32))
