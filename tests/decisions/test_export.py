"""Tests of the exposure of all records as a table."""

import hashlib
import hmac
from pathlib import Path

import numpy as np
import pytest

from decisions_examples import graded, saved, texts, with_odds
from miaudit.decisions.explain import explain
from miaudit.decisions.export import export, hashed, read_key
from miaudit.errors import UserError
from worlds import gaussian_world

KEY = b"0123456789abcdef"


def test_a_row_says_what_the_explanation_of_its_record_says() -> None:
    audit = with_odds(saved(lira=graded(), id=texts(600)), "lira", 0.01, -8.0)
    panel = gaussian_world(np.random.default_rng(1), n=600, references=8, leak=6.0, form="pool").evidence.audit
    rows = export(audit, panel, 0.9).to_pylist()
    for place in (0, 299, 450):
        found, row = explain(audit, f"PAT-{place}", panel, 0.9), rows[place]
        lira = found.attacks["lira"]
        assert (row["lira"], row["lira.rank"], row["lira.tied"]) == (lira.score, lira.rank, lira.tied)
        assert row["lira.log_ratio"] == lira.log_ratio == pytest.approx(0.01 * lira.score - 8.0)
        assert "loss.log_ratio" not in row
        assert row["lira.as_high"] == pytest.approx(lira.as_high.value)
        assert found.decision is not None
        assert row["named"] == found.decision.named
        assert row["harder_than"] == found.harder_than
        assert found.models is not None
        assert row["models.trained"] == found.models.trained


def test_hashed_ids_are_the_standards_and_come_in_their_own_order() -> None:
    audit = saved(id=texts(600))
    table = export(audit, key=KEY)
    digests = [hmac.new(KEY, name.encode(), hashlib.sha256).hexdigest() for name in texts(600)]
    assert table["id"].to_pylist() == sorted(digests)
    plain = {row["id"]: row for row in export(audit).to_pylist()}
    by_digest = dict(zip(digests, texts(600), strict=True))
    for row in table.slice(0, 20).to_pylist():
        assert row["lira"] == plain[by_digest[row["id"]]]["lira"]
    assert not {"position", "class"} & set(table.column_names)
    assert hashed(["PAT-0"], KEY) != hashed(["PAT-0"], KEY[::-1])


def test_a_key_comes_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    file.write_bytes(KEY + b"\n")
    monkeypatch.setenv("IDS_KEY", KEY.decode())
    assert read_key(str(file)) == read_key("env:IDS_KEY") == KEY


@pytest.mark.parametrize("place", ["env:NOT_SET", "short"])
def test_a_short_or_missing_key_is_refused(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("short").write_text("secret")
    with pytest.raises(UserError, match="expected a secret of at least 16 bytes"):
        read_key(place)
    with pytest.raises(UserError, match="nowhere"):
        read_key("nowhere")
