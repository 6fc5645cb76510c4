"""Tests of the report in SACRO-ML's layout, against metrics worked out here."""

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from decisions_examples import EXAMPLE, graded, saved
from miaudit.decisions.release import release
from miaudit.decisions.saved import SavedAudit
from miaudit.report.sacro import sacro


def entries(audit: SavedAudit) -> dict[str, Any]:
    return {entry["metadata"]["attack_name"]: entry for entry in json.loads(sacro(audit)).values()}


def metrics(audit: SavedAudit, name: str) -> dict[str, Any]:
    instances = entries(audit)[name]["attack_experiment_logger"]["attack_instance_logger"]
    assert list(instances) == ["instance_0"]
    found: dict[str, Any] = instances["instance_0"]
    return found


def test_each_attack_has_an_entry_in_the_layout() -> None:
    audit = saved(replace(EXAMPLE, strengths={"loss": 0.6, "calibrated[signal=confidence]": 1.0}))
    content = json.loads(sacro(audit))
    assert sacro(audit) == sacro(audit)
    for key, entry in content.items():
        assert key.rpartition("_")[2] == entry["log_id"]
        assert all(letter.isalnum() or letter in " _-" for letter in key)
        assert {"sacroml_version", "attack_name", "attack_params", "global_metrics", "target_model"} == set(
            entry["metadata"]
        )
        assert all(not isinstance(value, list | dict) for value in entry["metadata"]["global_metrics"].values())
    assert len({entry["log_id"] for entry in content.values()}) == 2


def test_rates_at_the_cut_are_those_of_the_four_counts() -> None:
    audit = saved()
    decision = audit.result.attacks["lira"].decision
    tp, fp, tn, fn = (float(count or 0) for count in (decision.tp, decision.fp, decision.tn, decision.fn))
    found = metrics(audit, "lira")
    assert found["TPR"] == pytest.approx(tp / 300)
    assert found["FPR"] == pytest.approx(fp / 300)
    assert found["FAR"] == pytest.approx(fp / (tp + fp))
    assert found["NPV"] == pytest.approx(tn / (tn + fn))
    assert found["ACC"] == pytest.approx((tp + tn) / 600)
    precision, recall = found["PPV"], found["TPR"]
    assert found["F1score"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert found["Advantage"] == pytest.approx((tp - fp) / 300)
    assert (found["n_pos_test_examples"], found["n_neg_test_examples"]) == (300, 300)


def test_extremes_are_shares_of_members_at_both_ends() -> None:
    audit = saved()
    scores = np.asarray(audit.needs_scores("a test")["lira"])
    member = np.asarray(audit.needs_scores("a test")["member"])
    order = np.argsort(scores)
    found = metrics(audit, "lira")
    for end, n in (("01", 60), ("02", 120), ("001", 6)):
        high, low = member[order[-n:]].mean(), member[order[:n]].mean()
        assert (found[f"FMAX{end}"], found[f"FMIN{end}"]) == pytest.approx((high, low))
        log_p = stats.norm.logsf(high - low, scale=math.sqrt(2 * 0.25 / n))
        assert found[f"PDIF{end}"] == pytest.approx(min(-log_p, 115.13))


def test_ties_at_the_end_count_with_their_share() -> None:
    level = saved(lira=np.zeros(600))
    assert metrics(level, "lira")["FMAX01"] == pytest.approx(0.5)
    assert metrics(level, "lira")["FDIF01"] == pytest.approx(0.0)


def test_the_p_value_is_that_of_an_auc_without_any_leak() -> None:
    audit = saved()
    value = audit.result.attacks["loss"].auc.value
    assert value is not None
    deviation = math.sqrt(601 / (12 * 300 * 300))
    assert metrics(audit, "loss")["P_HIGHER_AUC"] == pytest.approx(1 - stats.norm.cdf(value, 0.5, deviation), abs=1e-12)
    told = entries(audit)["loss"]["metadata"]["global_metrics"]
    assert told["AUC_sig"] == "Significant at p=0.05"


def test_a_released_audit_holds_no_metric_from_few_records() -> None:
    audit = saved(lira=graded())
    released = audit._replace(result=release(audit, 10))
    found = metrics(released, "lira")
    assert "FMAX01" not in found  # every one of the highest is a member
    assert "roc_thresh" not in found
    assert found["fpr"] == [point.fpr for point in released.result.release.roc["lira"]]  # type: ignore[union-attr]
    for key, value in found.items():
        if key.startswith("TPR@"):
            assert 10 <= round(value * 300) <= 290


def test_without_scores_their_metrics_are_left_out() -> None:
    found = metrics(saved()._replace(scores=None), "lira")
    assert "AUC" in found
    assert not [key for key in found if key.startswith(("FMAX", "PDIF"))]
