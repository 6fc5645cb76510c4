"""What models trained on a record lack, as a share of what the others lack: by hand, and where it is known."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from miaudit.arrays import Bools, Floats
from miaudit.attacks._mean_probability import base_ratio
from miaudit.attacks._offline import USUAL, corrected_ratio, log_expected, offline_a
from miaudit.attacks._temperature import GRID, at
from miaudit.attacks.base import Attack
from miaudit.attacks.base_ratio import BaseRatio
from miaudit.attacks.rmia import Rmia
from miaudit.evidence import Evidence, Panel
from worlds import auc, gaussian_world, panel_of_phi, truth_of

RNG = np.random.default_rng(0)


def logit(p: Floats) -> Floats:
    return np.log(p / (1 - p))


def shadow_of(own: list[float], out: list[float], member: list[bool]) -> Panel:
    """A shadow with one reference, which saw none of the records, by their probabilities."""
    return panel_of_phi(logit(np.array(own)), logit(np.array([out])), member=np.array(member))


def evidence_of(*shadows: Panel) -> Evidence:
    audit = panel_of_phi(np.zeros(2), np.zeros((1, 2)))
    return Evidence(audit=audit, shadows=shadows)


def test_least_squares_by_hand() -> None:
    """Members lack 0.2 and 0.1 where the reference lacks 0.4 and 0.3: (0.08 + 0.03) / (0.16 + 0.09) = 0.44."""
    shadow = shadow_of([0.8, 0.9, 0.1], [0.6, 0.7, 0.5], [True, True, False])
    assert offline_a("auto", evidence_of(shadow), 1.0) == pytest.approx(0.44)
    assert offline_a("auto", evidence_of(shadow, shadow), 1.0) == pytest.approx(0.44)
    assert offline_a(0.7, evidence_of(shadow), 1.0) == 0.7


def test_at_the_temperature_of_the_attack() -> None:
    """At T = 2 the odds 4, 9 and 1 are 2, 3 and 1: 1/3 and 1/4 are lacking where the reference lacks 1/2."""
    shadow = shadow_of([0.8, 0.9, 0.5], [0.5, 0.5, 0.5], [True, True, False])
    assert offline_a("auto", evidence_of(shadow), 2.0) == pytest.approx((1 / 6 + 1 / 8) / (1 / 4 + 1 / 4))


def test_it_lies_between_0_and_1_and_is_the_usual_one_where_nothing_can_be_learned() -> None:
    worse = shadow_of([0.3, 0.3], [0.6, 0.6], [True, False])
    assert offline_a("auto", evidence_of(worse), 1.0) == 1.0
    only_members = shadow_of([0.8], [0.6], [True])
    assert offline_a("auto", evidence_of(), 1.0) == offline_a("auto", evidence_of(only_members), 1.0) == USUAL
    sure = panel_of_phi(np.full(2, 800.0), np.full((1, 2), 800.0), member=np.array([True, False]))
    assert offline_a("auto", evidence_of(sure), 1.0) == USUAL
    losses = Panel.of([2000.0, 1.0], references=[[2500.0, 2.0]], kind="loss")  # those of texts, say
    assert offline_a("auto", Evidence(audit=losses), 1.0) == 1.0


def test_records_that_a_reference_saw_are_compared_with_the_mean_of_all() -> None:
    panel = gaussian_world(np.random.default_rng(0), n=40).evidence.audit
    np.testing.assert_array_equal(corrected_ratio(panel, 0.5), base_ratio(panel))
    mixed = replace(panel, in_reference=panel.in_reference & (np.arange(40) >= 20))
    out = panel.target("loss") - log_expected(panel.target("loss") - base_ratio(panel), 0.5)
    np.testing.assert_allclose(corrected_ratio(mixed, 0.5), np.where(np.arange(40) < 20, out, base_ratio(panel)))


@pytest.mark.parametrize("attack", [BaseRatio(), Rmia()])
def test_an_attack_settles_on_it_where_references_saw_no_record(attack: BaseRatio | Rmia) -> None:
    offline = gaussian_world(np.random.default_rng(0), shadows=2, form="out").evidence
    settled = attack.settled(offline)
    assert settled.offline_a == offline_a("auto", offline, float(settled.temperature))
    aucs = {
        t: np.mean([auc(at(t, partial(corrected_ratio, a=a))(each), truth_of(each)) for each in offline.shadows])
        for t, a in ((t, offline_a("auto", offline, t)) for t in GRID)
    }
    assert settled.temperature == max(aucs, key=lambda t: aucs[t])
    assert attack.explain(offline, RNG)["offline_a"] == settled.offline_a
    np.testing.assert_array_equal(settled.score(offline, RNG), attack.score(offline, RNG))
    pool = gaussian_world(np.random.default_rng(0), shadows=2, form="pool").evidence
    assert attack.settled(pool).offline_a == "auto"
    assert "offline_a" not in attack.explain(pool, RNG)


def test_it_makes_the_ratio_stronger_where_members_are_known_by_heart() -> None:
    """The target is sure of its members, of the others just as its reference is, up to noise."""
    rng = np.random.default_rng(0)

    def panel(given: bool) -> tuple[Panel, Bools]:
        member = np.arange(1000) < 500
        easy = rng.normal(0.0, 2.0, size=1000)
        target = np.where(member, 4.6, easy) + rng.normal(0.0, 2.0, size=1000)
        references = easy + rng.normal(0.0, 2.0, size=(1, 1000))
        return panel_of_phi(target, references, member=member if given else None), member

    (audit, member), (shadow, _) = panel(False), panel(True)
    evidence = Evidence(audit=audit, shadows=(shadow,))
    plain: Attack = BaseRatio(offline_a=1)
    assert auc(BaseRatio().score(evidence, RNG), member) > auc(plain.score(evidence, RNG), member) + 0.05
