import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.evidence import Evidence, Panel

LOGITS = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
P = np.array([[0.6, 0.4], [1.0, 0.0]])


def panel(member: list[bool] | None = None, classes: int = 3) -> Panel:
    return Panel.of(LOGITS[:, :classes], [0, 1], member=member)


def test_the_truth_of_audited_records_is_left_out() -> None:
    evidence = Evidence.of(panel([True, False]), population=panel([False, False]))
    assert evidence.audit.member is None
    assert evidence.population is not None
    assert evidence.population.member is None


def test_every_panel_is_where_it_was_given() -> None:
    shadows, known, population = [panel([True, False]), panel([False, True])], panel([True, True]), panel()
    seen = [panel(), panel()]
    evidence = Evidence.of(panel(), shadows, known, population, seen)
    assert list(evidence.shadows) == shadows
    assert evidence.known is known
    views = [one.target_view for one in (population, *seen)]
    assert evidence.population is not None
    assert [one.target_view for one in (evidence.population, *evidence.shadow_populations)] == views
    assert len(list(evidence.panels())) == 7


def test_probabilities_of_all_panels_have_one_floor() -> None:
    finest = Panel.of([[0.98, 0.02], [0.5, 0.5]], [0, 1], kind="probs")
    evidence = Evidence.of(Panel.of(P, [0, 1], [P], kind="probs"), population=finest)
    assert evidence.floor == 0.01
    np.testing.assert_allclose(evidence.audit.target("loss"), np.log([0.6, 0.01]))
    np.testing.assert_allclose(evidence.audit.references("loss"), np.log([[0.6, 0.01]]))


def test_a_new_floor_forgets_what_was_computed_with_the_old_one() -> None:
    raw = Evidence(Panel.of(P, [0, 1], kind="probs"))
    softened = [each.audit.target_view.outputs.tempered(2.0).signal("loss") for each in (raw, raw.with_floor())]
    assert (softened[0][0, 1] < softened[1][0, 1]).all()  # the log of a 0 is far lower than that of the floor


def test_panels_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(UserError, match="expected as many classes everywhere, got 3 in audit and 2 in known"):
        Evidence.of(panel(), known=panel([True, False], classes=2))
    with pytest.raises(UserError, match=r"known\.member: expected 1 for members and 0 for others, got none"):
        Evidence.of(panel(), known=panel())
    with pytest.raises(UserError, match=r"shadow\.1: expected members and non-members"):
        Evidence.of(panel(), shadows=[panel([True, False]), panel([True, True])])
    with pytest.raises(UserError, match=r"population\.member: expected records that no audited model saw, got 1"):
        Evidence.of(panel(), population=panel([True, False]))


def test_panels_with_and_without_further_views_are_refused() -> None:
    audit, shadow = (Panel.of(LOGITS, [0, 1], [LOGITS], member=[True, False]) for _ in range(2))
    with pytest.raises(UserError, match=r"expected as many views of the records in every panel, got 1 .* in audit"):
        Evidence.of(audit.with_views([audit]), [shadow])
