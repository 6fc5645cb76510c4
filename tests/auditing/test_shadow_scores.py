from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from fake_attacks import Fake, Memoriser
from miaudit.arrays import Floats
from miaudit.attacks.base import Folds
from miaudit.auditing import shadow_scores as on_shadows
from miaudit.auditing.shadow_scores import folds_of, judged_shadows, shadow_scores
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.panel import required
from worlds import World, gaussian_world, truth_of


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def world(form: Any = "pool", **options: Any) -> World:
    sizes = {"n": 120, "known": 60, "population": 50}
    return gaussian_world(np.random.default_rng(3), form=form, **{**sizes, **options})


@pytest.mark.parametrize("form", ["pool", "out", "half"])
def test_no_record_is_scored_by_a_classifier_that_saw_it(form: str) -> None:
    evidence = world(form, shadows=3).evidence
    known = shadow_scores(Memoriser(), evidence, [0], rng())
    npt.assert_array_equal(known.scores, 0.0)
    npt.assert_array_equal(known.member, truth_of(evidence.shadows[0]))
    # The fake does see what it has learnt of, else the test could not fail.
    assert Memoriser().score(replace(evidence, audit=evidence.shadows[0].hidden()), rng()).min() == 1.0


@pytest.mark.parametrize("form", ["pool", "out"])
def test_each_classifier_learns_of_all_other_records(form: str) -> None:
    evidence, sizes = world(form, shadows=2).evidence, []

    @dataclass(frozen=True)
    class Counts(Memoriser):
        def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
            sizes.append([len(evidence.audit), *(len(shadow) for shadow in evidence.shadows)])
            return np.zeros(len(evidence.audit))

    shadow_scores(Counts(), evidence, [0], rng())
    other = 96 if form == "pool" else 120  # other records of another shadow are kept whole
    assert sizes == [[24, 96, other]] * 5


def test_many_shadows_are_not_all_asked() -> None:
    evidence = world(shadows=12, references=14, n=40).evidence
    assert judged_shadows(Fake(), evidence) == list(range(on_shadows.JUDGED_SHADOWS))
    assert judged_shadows(Memoriser(), evidence) == [0]


@pytest.mark.parametrize(("records", "expected"), [(400, 2), (200, 2), (190, 3), (120, 4), (100, 4), (40, 8)])
def test_large_shadows_set_the_cut_by_their_first_ones(
    records: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as hold 400 records, at least two and at most eight."""
    monkeypatch.setattr(on_shadows, "JUDGED_RECORDS", 400)
    evidence = world(shadows=12, references=14, n=records).evidence
    assert judged_shadows(Fake(), evidence) == list(range(expected))


@pytest.mark.parametrize(
    ("members", "nonmembers", "expected"),
    [
        (1, 0, Folds(1, 1)),
        (2, 2, Folds(4, 4)),
        (3, 2, Folds(5, 5)),
        (1, 19_998, Folds(5, 5)),
        (1, 19_999, Folds(2, 2)),
        (19_999, 40_000, Folds(2, 2)),
        (20_000, 20_000, Folds(2, 1)),
    ],
)
def test_the_more_records_a_shadow_has_the_fewer_classifiers_score_them(
    members: int, nonmembers: int, expected: Folds
) -> None:
    total = members + nonmembers
    shadow = Panel.of(target=np.zeros((total, 2)), labels=np.zeros(total, dtype=int), member=np.arange(total) < members)
    assert folds_of(shadow) == expected


def test_large_shadows_set_the_cut_by_a_half_that_is_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence, judged = world(n=120, shadows=2).evidence, []

    @dataclass(frozen=True)
    class Sees(Memoriser):
        def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
            judged.append(np.sort(required(evidence.audit.ids)))
            return super().score(evidence, rng) + evidence.audit.target("loss")

    monkeypatch.setattr(on_shadows, "MANY", 40)
    shadow = evidence.shadows[0]
    known = shadow_scores(Sees(), evidence, [0], rng())
    (seen,) = judged
    rows = np.flatnonzero(np.isin(required(shadow.ids), seen))
    assert len(rows) == 60
    npt.assert_array_equal(known.scores, shadow.target("loss")[rows])
    npt.assert_array_equal(known.member, truth_of(shadow)[rows])
    npt.assert_array_equal(known.labels, shadow.labels[rows])
