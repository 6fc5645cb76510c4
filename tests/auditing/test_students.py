"""Audits with students: how many are trained, on what, and that they are kept, counted and saved like other models."""

from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

import miaudit
from miaudit.attacks.base import Attack, Needs
from miaudit.attacks.ensemble import Ensemble
from miaudit.auditing import cost, teaching
from miaudit.auditing.anytime import steps
from miaudit.auditing.budget import trained_with, within_budget
from miaudit.auditing.cost import START_UP, forecast
from miaudit.auditing.execution import Reporter
from miaudit.auditing.files import save
from miaudit.auditing.from_config import plan_of_config, training_request
from miaudit.auditing.gather import ask, gather
from miaudit.auditing.plan import Plan, Teaching, available, unmet
from miaudit.auditing.planning import plan_of
from miaudit.auditing.run import Finished
from miaudit.auditing.students import cohorts_of, halves, teachers_in, with_students
from miaudit.auditing.unlocking import TRAINED_HERE, unlock
from miaudit.config import AuditConfig, parse_config
from miaudit.defences.confidence_masking import ConfidenceMasking
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.running.local import LocalRunner
from miaudit.splits.base import no_rows
from miaudit.store.local import LocalStore
from miaudit.training.data import Batch, Records, Subset
from tiny import CONFIG, Audited, blobs, recipe, run_config

STUDENTS = 2


def config(**changes: Any) -> AuditConfig:
    return parse_config({**CONFIG, "attacks": ["loss", "ensemble"], "students": STUDENTS, **changes})


@pytest.fixture(scope="module")
def store(audited: Audited, tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    """A copy of the store of the audit without students, to which they are added."""
    folder = tmp_path_factory.mktemp("students") / "store"
    copytree(audited.store.root, folder)
    return LocalStore(folder)


@pytest.fixture(scope="module")
def finished(store: LocalStore) -> Finished:
    return run_config(config(), store, LocalRunner(1))


def teaching_of(plan: Plan) -> Teaching:
    assert plan.teaching is not None
    return plan.teaching


def evidence_in(store: LocalStore) -> tuple[Plan, Evidence]:
    """The plan of the audit, and its evidence before there are students."""
    plan = plan_of_config(config())
    return plan, gather(plan, ask(plan, store), store).evidence


def test_the_target_and_each_shadow_have_students(finished: Finished) -> None:
    evidence = finished.gathered.evidence
    panels = [evidence.audit, *evidence.shadows]
    assert [panel.students and panel.students.taught.shape for panel in panels] == [(STUDENTS, len(p)) for p in panels]
    assert all(panel.has_students for panel in panels)
    assert finished.result.cost.models_trained == STUDENTS * 3  # a target and two shadows; the rest was there
    assert finished.result.references is not None
    assert finished.result.references.students == STUDENTS
    assert "train students of the target" in finished.result.attacks["ensemble"].adversary
    assert not finished.result.controls.missed("ensemble")


def test_other_attacks_do_not_change(audited: Audited, finished: Finished) -> None:
    npt.assert_array_equal(finished.judged["loss"].scores, audited.finished.judged["loss"].scores)


def test_students_learn_halves_that_say_nothing_of_members(store: LocalStore) -> None:
    plan, evidence = evidence_in(store)
    cohorts = cohorts_of(teaching_of(plan), evidence)
    assert len(cohorts) == teachers_in(plan) == 3
    for cohort, panel in zip(cohorts, [evidence.audit, *evidence.shadows], strict=True):
        npt.assert_array_equal(cohort.taught[0], ~cohort.taught[1])
        assert panel.ids is not None
        for work, taught in zip(cohort.works, cohort.taught, strict=True):
            npt.assert_array_equal(work.job.rows, panel.ids[taught])
            npt.assert_array_equal(work.query, panel.ids)
            assert work.job.wanted is not None
            npt.assert_allclose(work.job.wanted, panel.target("posteriors")[taught], atol=1e-7)
    npt.assert_array_equal(halves(teaching_of(plan), 10)[0], halves(teaching_of(plan), 10)[0])
    assert set(halves(teaching_of(plan)._replace(students=6), 9).sum(axis=0)) == {3}


def test_students_begin_differently_and_those_of_other_teachers_alike(store: LocalStore) -> None:
    plan, evidence = evidence_in(store)
    seeds = [[work.job.seed for work in cohort.works] for cohort in cohorts_of(teaching_of(plan), evidence)]
    assert len(set(seeds[0])) == STUDENTS
    assert seeds == [seeds[0]] * 3


def test_evidence_with_students_has_a_name_of_its_own(store: LocalStore, finished: Finished) -> None:
    """Or else scores that were stored without them would be taken for those with them."""
    plan = plan_of_config(config())
    assert finished.gathered.key != gather(plan, ask(plan, store), store).key


def test_an_attacker_who_knows_of_a_mask_sees_students_through_it(store: LocalStore, finished: Finished) -> None:
    plan, evidence = evidence_in(store)
    cohorts = cohorts_of(teaching_of(plan), evidence)
    found = with_students(evidence, cohorts, store, ConfidenceMasking(digits=1)).audit.students
    bare = finished.gathered.evidence.audit.students
    assert found is not None
    assert bare is not None
    shown, hidden = found.view.signal("posteriors"), bare.view.signal("posteriors")
    npt.assert_allclose(shown, np.round(shown, 1), atol=1e-12)
    assert not np.array_equal(hidden, np.round(hidden, 1))


def test_a_student_close_to_its_teacher_where_it_learned(finished: Finished) -> None:
    """Of the answers that it learned, a student is nearer to the teacher than of the others."""
    audit = finished.gathered.evidence.audit
    assert audit.students is not None
    apart = np.abs(audit.students.view.signal("posteriors") - audit.target("posteriors")).sum(axis=2)
    assert apart[audit.students.taught].mean() < 0.8 * apart[~audit.students.taught].mean()


def test_the_second_run_trains_nothing(store: LocalStore, finished: Finished) -> None:
    again = run_config(config(), store, LocalRunner(1))
    assert again.result.cost.models_trained == 0
    npt.assert_array_equal(again.judged["ensemble"].scores, finished.judged["ensemble"].scores)
    plan = plan_of_config(config())
    assert forecast(plan, store).to_train == 0


def test_an_interrupt_keeps_the_students_that_are_trained(store: LocalStore, finished: Finished) -> None:
    plan, evidence = evidence_in(store)
    works = [work for cohort in cohorts_of(teaching_of(plan), evidence) for work in cohort.works]
    for work in works[:2]:
        for key in (work.key, work.job.key):
            store.path(key).unlink()
    share = forecast(plan, store).shares[-1]
    assert (share.role, share.models, share.cached) == ("students", 6, 4)
    seen: list[tuple[str, int, int]] = []

    again = run_config(config(), store, LocalRunner(1), Reporter(lambda *told: seen.append(told)))
    assert again.result.cost.models_trained == 2
    assert next(told for told in seen if told[0] == "students") == ("students", 4, 6)
    npt.assert_array_equal(again.judged["ensemble"].scores, finished.judged["ensemble"].scores)


def test_saved_evidence_gives_the_same_scores(finished: Finished, store: LocalStore, tmp_path: Path) -> None:
    save(finished, tmp_path)
    attacks = {"evidence": str(tmp_path / "evidence.safetensors"), "attacks": ["loss", "ensemble"]}
    again = run_config(parse_config(attacks), store)
    npt.assert_array_equal(again.judged["ensemble"].scores, finished.judged["ensemble"].scores)


def test_names_follow_from_the_answers(store: LocalStore) -> None:
    plan, evidence = evidence_in(store)
    teaching = teaching_of(plan)
    (before, *shadows), (after, *same) = (
        cohorts_of(teaching, each) for each in (evidence, Evidence(evidence.shadows[0].hidden(), evidence.shadows))
    )
    assert not {work.job.key for work in before.works} & {work.job.key for work in after.works}
    assert [work.job.key for each in shadows for work in each.works] == [w.job.key for each in same for w in each.works]


def test_names_without_students_stay() -> None:
    plain = plan_of_config(parse_config({**CONFIG, "attacks": ["loss", "ensemble"]}))
    assert plain.teaching is None
    assert [work.key for work in plan_of_config(config()).works] == [work.key for work in plain.works]


def test_the_plan_counts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "seconds_per_model", lambda *_: 10.0)
    plan = plan_of_config(config())
    found = forecast(plan, None, 1)
    assert found.models == len(plan.works) + 6
    assert round(found.seconds or 0.0) == 2 * START_UP + 10.0 * found.models  # all have about as many records
    share = found.shares[-1]
    assert (share.role, share.models, share.cached, share.readers.scores) == ("students", 6, 0, ("ensemble",))
    assert share.records == len(plan.split.audited) // 2
    assert trained_with(plan, 4) == 1 + 4 + STUDENTS * 3


def test_early_results_are_without_students() -> None:
    request = training_request(config(split={**CONFIG["split"], "models": 8}))
    plan = plan_of(request)
    assert plan.teaching is not None
    assert [(models, part.teaching) for models, part in steps(request, plan)] == [(4, None)]


def test_a_model_at_hand_has_students_too(tmp_path: Path) -> None:
    """It is asked only about the records; a second plan finds all students in the store."""
    data = blobs(80)
    halves_of = [(data.x[half], data.y[half]) for half in (slice(40), slice(40, 80))]
    how = recipe(epochs=1)
    (target,) = how.train(Records(data.x, data.y, 3), Batch([Subset(np.arange(40), 0, no_rows())]))
    found = miaudit.audit(
        target.module,
        *halves_of,
        recipe=how,
        attacks=["ensemble"],
        models=4,
        shadows=1,
        students=2,
        store=tmp_path,
        jobs=1,
        outputs="logits",
    )
    assert found.result.references is not None
    assert found.result.references.students == 2
    assert found.result.cost.models_trained == 4 + 2 * 2
    with pytest.raises(UserError, match=r"audit\(\): expected an even number from 0 to 100 as students, got 3"):
        miaudit.audit(target.module, *halves_of, students=3)


def test_a_budget_counts_students(monkeypatch: pytest.MonkeyPatch) -> None:
    """The target, a pool and two students each of the target and of two shadows, 10 seconds each."""
    monkeypatch.setattr(cost, "seconds_per_model", lambda *_: 10.0)
    request = training_request(config(split={**CONFIG["split"], "models": 20}))
    fitted = within_budget(request, plan_of(request), 2 * START_UP + 10.0 * (1 + 8 + 6) + 1.0, 1)
    assert fitted.pool == 8
    with pytest.raises(UserError, match=r"the target and 4 pool models with 2 students each take about 2\.0 min"):
        within_budget(request, plan_of(request), 100.0, 1)


def test_a_need_of_students_is_met_by_them() -> None:
    split = plan_of_config(config()).split
    needy: dict[str, Attack] = {"needy": Needy()}
    assert unmet(needy, split, 0.1) == {"needy": "needs students of the target (`students`)"}
    assert unmet(needy, split, 0.1, students=True) == {}
    assert "--students K" in unlock(Needy().needs, available(split, True), TRAINED_HERE)


class Needy(Ensemble):
    """An attack that cannot do without students."""

    @property
    def needs(self) -> Needs:
        return Needs(students=True)


FOREST = {"estimator": "sklearn.naive_bayes.GaussianNB"}
LABELS = {"name": "confidence_masking", "labels_only": True}
SIX_WAY = dict.fromkeys(("target_in", "target_out", "shadow_in", "shadow_out", "reference"), 99)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recipe": FOREST}, "students=2: only a network with a `recipe` learns from .*, and GaussianNB is not one"),
        ({"split": {"name": "six_way", **SIX_WAY}}, r"students=2: shadows are taken from a pool, and there is none"),
        ({"defence": LABELS}, "students=2: the target shows labels only"),
        ({"split": {**CONFIG["split"], "models": 2}}, "students=2: shadows need references, which a pool of 4"),
        ({"attacks": ["loss", "lira"]}, "students=2: none of the attacks reads them: add `ensemble` to `attacks`"),
    ],
)
def test_what_has_no_students_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        plan_of_config(config(**changes))


def test_the_memory_that_they_take_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two students of three models learn 10 probabilities of half of the audited records, in single precision."""
    seen: list[float] = []
    monkeypatch.setattr(teaching, "check_memory", lambda needed, *_: seen.append(needed))
    plan = plan_of_config(config())
    assert seen == [4 * 2 * 3 * 10 * len(plan.split.audited) / 2]
    plan_of_config(config(students=0))
    assert len(seen) == 1


@pytest.mark.parametrize("students", [1, 3, -2, 102])
def test_a_number_that_makes_no_sense_is_refused(students: int) -> None:
    with pytest.raises(UserError, match="students"):
        config(students=students)


def test_the_command_line_wants_an_even_number(call: Any, audited: Audited) -> None:
    said = call("audit", audited.config, "--students", 3, "--plan-only")
    assert said.code == 2
    assert "students=3: expected an even number" in said.err


def test_evidence_was_collected_already() -> None:
    with pytest.raises(UserError, match="leave `students` out"):
        parse_config({"evidence": "evidence.safetensors", "students": 2})
