from dataclasses import replace

import numpy as np
import pytest

from miaudit.report.charts.base import Audited
from miaudit.report.charts.scores import scores
from report_example import Example, audited


def without_cut(audit: Audited) -> Audited:
    """The same audit, in which `loss` has no single cut."""
    loss = audit.result.attacks["loss"]
    decision = loss.decision.model_copy(update={"cut": None})
    attacks = {**audit.result.attacks, "loss": loss.model_copy(update={"decision": decision})}
    return audit._replace(result=audit.result.model_copy(update={"attacks": attacks}))


@pytest.mark.parametrize("has_cut", [True, False])
def test_a_histogram_without_a_cut_says_so(has_cut: bool) -> None:
    audit = audited(Example(members=60, nonmembers=50, strengths={"loss": 1.0}))
    section = scores(audit if has_cut else without_cut(audit))
    assert section is not None
    (chart,) = section.charts
    assert ("the cut differs between records" in chart.caption) == (not has_cut)
    assert chart.spoken.endswith("Its own cut is 2.200." if has_cut else "There is no single cut.")


def test_scores_are_spoken_by_their_quartiles() -> None:
    audit = audited(Example(members=5, nonmembers=1, strengths={"loss": 1.0}))
    values = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 7.0])  # members first
    section = scores(audit._replace(records=replace(audit.records, scores={"loss": values})))
    assert section is not None
    assert section.charts[0].spoken.startswith("Members: median 2.000, half of the scores from 1.000 to 3.000. ")


def test_without_truth_only_the_scores_as_such_are_shown() -> None:
    section = scores(audited(Example(members=60, nonmembers=60, truth=False)))
    assert section is not None
    assert section.heading == "Scores of the audited records"
    assert "It is not known which records are members" in section.text


def test_without_attacks_there_is_no_section() -> None:
    assert scores(audited(Example(members=5, nonmembers=5, strengths={}))) is None


@pytest.mark.parametrize(("lowest", "is_apart"), [(-1e7, True), (-100.0, False)])
def test_records_that_an_attack_rules_out_are_counted(lowest: float, is_apart: bool) -> None:
    audit = audited(Example(members=5, nonmembers=5, strengths={"loss": 1.0}))
    values = np.r_[np.linspace(0.0, 2.0, 8), lowest, lowest]
    section = scores(audit._replace(records=replace(audit.records, scores={"loss": values})))
    assert section is not None
    assert ("scores 2 records, at the far left, far below all others" in section.charts[0].caption) == is_apart


def test_two_scores_alone_are_not_far_apart() -> None:
    audit = audited(Example(members=5, nonmembers=5, strengths={"loss": 1.0}))
    section = scores(audit._replace(records=replace(audit.records, scores={"loss": np.arange(10) // 6 * 1.0})))
    assert section is not None
    assert "far below" not in section.charts[0].caption
