"""Tests of what is taken out of texts that leave."""

import pytest

from miaudit.decisions.scrub import scrubbed


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/home/ann/preds.csv", "preds.csv"),
        ("/home/ann smith/preds.csv", "preds.csv"),
        ("net.py:make?weights=/home/ann/w.safetensors", "net.py:make?weights=w.safetensors"),
        ("records of (/data/ward/a.csv, /data/ward/b.csv)", "records of (a.csv, b.csv)"),
        ("~ann/model.onnx", "model.onnx"),
        ("~/model.onnx", "model.onnx"),
        ("C:\\Users\\ann\\model.onnx", "model.onnx"),
        ("\\\\server\\ann\\model.onnx", "model.onnx"),
        ("file:///home/ann/model.onnx", "model.onnx"),
        ("https://ann:secret@host:8080/v1/model", "https://host:8080/v1/model"),
        ("https://ann@host/v1", "https://host/v1"),
        ("https://host/v1?api_key=secret&n=2", "https://host/v1?api_key=***&n=2"),
        ("s3://bucket/models/a", "s3://bucket/models/a"),
        ("members and/or non-members, 1/2, a / b", "members and/or non-members, 1/2, a / b"),
        ("data/members.csv", "data/members.csv"),
        ("calibrated[signal=confidence]", "calibrated[signal=confidence]"),
        ("arXiv:2112.03570", "arXiv:2112.03570"),
    ],
)
def test_paths_and_credentials_go_and_the_rest_stays(text: str, left: str) -> None:
    assert scrubbed(text) == left


def test_structures_are_scrubbed_throughout_and_numbers_stay() -> None:
    value = {"/a/b": [("/c/d", 1.5)], "n": None, "yes": True}
    assert scrubbed(value) == {"b": [["d", 1.5]], "n": None, "yes": True}
