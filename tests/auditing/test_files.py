import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pyarrow.parquet as pq
import pytest
import yaml

from miaudit.auditing.files import load_result, load_scores, scores_table, to_json
from miaudit.config.audit import PICTURE
from miaudit.errors import UserError
from miaudit.evidence.io.file import open_evidence
from tiny import ATTACKS, CONFIG, Audited

SECOND = ("attacks", "two_stage", "params", "second")  # no time, but the second score
QUANTITY = {"value", "low", "high", "confidence", "resolved", "n", "note"}


@pytest.fixture
def result(audited: Audited) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((audited.folder / "result.json").read_text())
    return content


def test_the_folder_holds_five_files(audited: Audited) -> None:
    names = {path.name for path in audited.folder.iterdir()}
    assert names == {"report.html", "result.json", "scores.parquet", "evidence.safetensors", "config.yaml"}


def test_the_result_has_the_schema_that_is_documented(result: dict[str, Any]) -> None:
    assert result["schema"] == "miaudit.result/1"
    assert {"attacks", "controls", "target", "cost", "provenance", "verdict"} <= result.keys()
    assert {"train_accuracy", "test_accuracy"} <= result["target"].keys()
    for name, attack in result["attacks"].items():
        assert attack["tpr_at_fpr"].keys() == {"0.01", "0.001", "0.0001"}
        assert attack["precision_at_recall"].keys() == {"0.2", "0.3", "0.4", "0.5", "0.6", "0.7"}
        quantities = [attack["auc"], attack["balanced_accuracy"], attack["epsilon"], attack["decision"]["recall"]]
        quantities += [*attack["tpr_at_fpr"].values(), *attack["precision_at_recall"].values()]
        quantities += [result["controls"][control][name]["auc"] for control in ("null", "positive")]
        assert all(quantity.keys() == QUANTITY for quantity in quantities)
        assert {"rule", "cut", "tp", "fp", "recall", "precision"} <= attack["decision"].keys()
        assert isinstance(attack["params"], dict)


def test_rates_that_so_few_records_cannot_resolve_are_no_numbers(result: dict[str, Any]) -> None:
    rate = result["attacks"]["loss"]["tpr_at_fpr"]["0.0001"]
    assert rate["value"] is None
    assert not rate["resolved"]
    assert rate["note"] == "needs >= 10,000 non-members, have 270"


def test_times_are_in_the_cost_only(result: dict[str, Any]) -> None:
    assert [path for path in paths(result) if "second" in path[-1] and path[0] != "cost"] == [SECOND]
    assert result["cost"]["seconds"].keys() >= {"training", "attacks"}


def paths(value: Any, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The place of every key."""
    if not isinstance(value, dict):
        return []
    own = [(*prefix, key) for key in value]
    return own + [path for key, item in value.items() for path in paths(item, (*prefix, key))]


def test_provenance_is_told(result: dict[str, Any]) -> None:
    told = result["provenance"]
    assert told["recipe"]["epochs"] == CONFIG["recipe"]["epochs"]
    assert told["recipe"]["model"]["class"] == "Mlp"
    assert told["seed"] == 0
    assert len(told["data"]) == 32
    assert told["libraries"]["torch"]


def test_scores_have_a_row_a_record(audited: Audited) -> None:
    table = pq.read_table(audited.folder / "scores.parquet")
    gathered = audited.finished.gathered
    columns = [
        "id",
        "position",
        "label",
        "member",
        "class",
        *(part for name in ATTACKS for part in (name, f"{name}.member")),
    ]
    assert table.column_names[: len(columns)] == columns
    assert table.column_names[len(columns) :] == ["signal.loss", "signal.correct", "signal.reference_loss", "picture"]
    npt.assert_array_equal(table["id"], gathered.ids)
    npt.assert_array_equal(table["label"], gathered.evidence.audit.labels)
    npt.assert_array_equal(table["member"], gathered.truth)
    for name, judged in audited.finished.judged.items():
        assert judged.cut is not None
        npt.assert_array_equal(table[name], judged.scores)
        npt.assert_array_equal(table[f"{name}.member"], judged.scores > judged.cut.value)
    npt.assert_array_equal(table["signal.loss"], gathered.evidence.audit.target("loss"))


@pytest.mark.parametrize("level", ["weak_signs", "no_leak_found", "too_few_records", "invalid"])
def test_without_a_leak_no_picture_of_a_record_is_kept(audited: Audited, level: str) -> None:
    result = audited.finished.result
    harmless = result.model_copy(update={"verdict": result.verdict.model_copy(update={"level": level})})
    before, after = scores_table(audited.finished), scores_table(replace(audited.finished, result=harmless))
    assert before.drop_columns(PICTURE).equals(after)


def test_the_reference_loss_is_that_of_models_that_did_not_see_the_record(audited: Audited) -> None:
    panel = audited.finished.gathered.evidence.audit
    expected = [
        np.mean([loss for loss, inside in zip(losses, trained, strict=True) if not inside])
        for losses, trained in zip(panel.references("loss").T, panel.in_reference.T, strict=True)
    ]
    npt.assert_allclose(load_scores(audited.folder)["signal.reference_loss"], expected, rtol=1e-12)


def test_the_evidence_is_the_whole_evidence(audited: Audited) -> None:
    opened, gathered = open_evidence(audited.folder / "evidence.safetensors"), audited.finished.gathered
    loaded = opened.loaded
    assert opened.class_names == gathered.class_names
    assert loaded.truth is not None
    npt.assert_array_equal(loaded.truth, gathered.truth)
    npt.assert_array_equal(loaded.ids, gathered.ids)
    assert loaded.evidence.known is gathered.evidence.known is None
    pairs = [(loaded.evidence.audit, gathered.evidence.audit)]
    pairs += zip(loaded.evidence.shadows, gathered.evidence.shadows, strict=True)
    pairs += zip(loaded.evidence.shadow_populations, gathered.evidence.shadow_populations, strict=True)
    for read, kept in pairs:
        npt.assert_array_equal(read.target("scaled_logit"), kept.target("scaled_logit"))
        npt.assert_array_equal(read.references("scaled_logit"), kept.references("scaled_logit"))
        npt.assert_array_equal(read.in_reference, kept.in_reference)
        npt.assert_array_equal(read.member, kept.member)


def test_the_configuration_is_the_users(audited: Audited) -> None:
    assert yaml.safe_load((audited.folder / "config.yaml").read_text()) == {
        **{key: value for key, value in CONFIG.items() if key not in ("seed", "attacks")},
        "attacks": [{"attack": name} if isinstance(name, str) else name for name in CONFIG["attacks"]],
    }


def test_a_result_is_read_back(audited: Audited) -> None:
    back = load_result(audited.folder)
    assert to_json(back) == (audited.folder / "result.json").read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read .*expected a result in the folder of an audit, got no such file"),
        ("{", "is not JSON"),
        ("{}", r"is not the result of an audit: verdict is missing"),
    ],
)
def test_a_folder_without_a_result_is_refused(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / "result.json").write_text(content)
    with pytest.raises(UserError, match=message):
        load_result(tmp_path)


def test_a_folder_without_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        load_scores(tmp_path)
    (tmp_path / "scores.parquet").write_text("no parquet")
    with pytest.raises(UserError, match="cannot read"):
        load_scores(tmp_path)
