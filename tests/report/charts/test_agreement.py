from dataclasses import replace

import numpy as np

from miaudit.report.charts.agreement import agreement
from miaudit.report.charts.base import Audited, Section
from report_example import Example, audited

STRENGTHS = {"lira": 1.5, "loss": 0.6}


def section_of(audit: Audited) -> Section:
    section = agreement(audit)
    assert section is not None
    return section


def world() -> Audited:
    """Opposite orders of four records, of which the first two are members; both attacks call the second one."""
    audit = audited(Example(members=2, nonmembers=2, strengths=STRENGTHS))
    scores = {"lira": np.array([4.0, 3.0, 2.0, 1.0]), "loss": np.array([1.0, 2.0, 3.0, 4.0])}
    called = {"lira": np.array([1, 1, 0, 0], dtype=bool), "loss": np.array([0, 1, 1, 0], dtype=bool)}
    return audit._replace(records=replace(audit.records, scores=scores, called=called))


def test_pairs_have_their_correlation_and_what_they_share() -> None:
    audit = world()
    section = section_of(audit)
    assert section.grid is not None
    first, second = section.grid.rows
    assert [(cell.text, cell.note) for cell in second.cells] == [("−1.00", "1 of 3"), ("–", "calls 2")]
    assert [(cell.text, cell.note) for cell in first.cells] == [("–", "calls 2")]
    assert second.cells[0].shade == 0
    assert (
        "Of 2 members, 0 are called members by no attack, 1 by one alone, 1 by all 2 that have a cut." in section.text
    )


def test_attacks_without_a_cut_have_a_correlation_alone() -> None:
    audit = world()
    section = section_of(audit._replace(records=replace(audit.records, called={})))
    assert section.grid is not None
    assert [(cell.text, cell.note) for cell in section.grid.rows[1].cells] == [("−1.00", ""), ("–", "")]
    assert "called members" not in section.text


def test_scores_that_are_all_the_same_agree_with_nothing() -> None:
    audit = world()
    flat = {**audit.records.scores, "loss": np.ones(4)}
    section = section_of(audit._replace(records=replace(audit.records, scores=flat)))
    assert section.grid is not None
    assert section.grid.rows[1].cells[0].text == "–"
    assert "Most alike" not in section.text


def test_one_attack_agrees_with_nobody() -> None:
    assert agreement(audited(Example(members=9, nonmembers=9, strengths={"loss": 1.0}))) is None
