"""Adult and German credit as their makers give them, rebuilt byte for byte from the copies at hand."""

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dataset_files import use_real
from miaudit.data_root import data_root
from miaudit.datasets import adult, credit
from miaudit.datasets._download import Original
from miaudit.datasets._tabular import Encoding
from miaudit.datasets.adult import Adult
from miaudit.datasets.credit import Credit
from miaudit.errors import UserError

ENCODINGS: tuple[Encoding, ...] = ("one_hot", "ordinal")


def rebuild_adult(split: str) -> str:
    rows = pq.read_table(data_root() / "adult" / f"{split}.parquet").to_pylist()
    end = "." if split == "test" else ""
    lines = [", ".join("?" if value is None else str(value) for value in row.values()) + end for row in rows]
    return "\n".join(([] if split == "train" else ["|1x3 Cross validator"]) + lines) + "\n\n"


def test_adult(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_real(Adult.about, monkeypatch)
    here = {encoding: Adult(encoding=encoding).load() for encoding in ENCODINGS}
    originals = {}
    for split, original in adult.ORIGINALS.items():
        path = tmp_path / original.url.rpartition("/")[2]
        path.write_text(rebuild_adult(split))
        originals[split] = original._replace(url=path.as_uri())  # with the original's checksum
    monkeypatch.setattr(adult, "ORIGINALS", originals)
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MIAUDIT_OFFLINE", "0")
    for encoding, expected in here.items():
        data = Adult(encoding=encoding).load()
        assert data.fingerprint == expected.fingerprint
        assert data.feature_names == expected.feature_names
    assert sorted(path.name for path in (tmp_path / "data" / "adult").iterdir()) == ["test.parquet", "train.parquet"]


def test_credit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_real(Credit.about, monkeypatch)
    here = Credit().load()
    rows = pq.read_table(data_root() / "german_credit" / "all.parquet").to_pylist()
    path = tmp_path / "german.data"
    path.write_text("".join(" ".join(map(str, row.values())) + "\n" for row in rows))
    assert path.stat().st_size == 79_793  # as UCI's
    monkeypatch.setattr(credit, "ORIGINAL", credit.ORIGINAL._replace(url=path.as_uri()))
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MIAUDIT_OFFLINE", "0")
    data = Credit().load()
    assert data.fingerprint == here.fingerprint
    assert data.feature_names == here.feature_names


def test_a_changed_original_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "german.data").write_text("A11 6\n")
    changed = Original((tmp_path / "german.data").as_uri(), credit.ORIGINAL.digest)
    monkeypatch.setattr(credit, "ORIGINAL", changed)
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MIAUDIT_OFFLINE", "0")
    got = hashlib.sha256(b"A11 6\n").hexdigest()
    with pytest.raises(UserError, match=f"cannot be downloaded .*expected sha256 b21f3d81db.*got {got}"):
        Credit().load()
