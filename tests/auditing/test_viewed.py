"""Audits that ask about further views: what is asked, what it costs, and that nothing else changes."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import miaudit
from miaudit.auditing.collect import stored_outputs
from miaudit.auditing.cost import forecast
from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.gather import ask, gather
from miaudit.config import AuditConfig, parse_config
from miaudit.errors import UserError
from miaudit.evidence.io.file import read_evidence, write_evidence
from miaudit.model_outputs import ModelOutputs
from miaudit.running.local import run_local
from miaudit.store.local import LocalStore
from miaudit.targets.base import Target
from tiny import CONFIG, Audited

VIEWS = 3


def config(**changes: object) -> AuditConfig:
    return parse_config({**CONFIG, **changes})


@pytest.fixture(scope="module")
def store(audited: Audited, tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    """A copy of the store of the audit without views, to which the outputs on the views are added."""
    from shutil import copytree

    folder = tmp_path_factory.mktemp("viewed") / "store"
    copytree(audited.store.root, folder)
    return LocalStore(folder)


def test_outputs_on_the_records_stay_and_no_model_is_trained_again(audited: Audited, store: LocalStore) -> None:
    plain, plan = plan_of_config(config()), plan_of_config(config(views=VIEWS))
    assert [work.key for work in plan.works] == [work.key for work in plain.works]
    assert all(work.is_done(store) for work in plain.works)
    assert not any(work.is_done(store) for work in plan.works)
    assert forecast(plan, store).to_train == 0
    tally = run_local(plan.works, plan.data, store)
    assert tally.trained == 0
    assert all(work.is_done(store) for work in plan.works)
    gathered = gather(plan, ask(plan, store), store)
    before = audited.finished.gathered.evidence.audit
    np.testing.assert_array_equal(gathered.evidence.audit.target("loss"), before.target("loss"))
    assert len(gathered.evidence.audit.views) == VIEWS
    assert {len(shadow.views) for shadow in gathered.evidence.shadows} == {VIEWS}
    assert gathered.key != audited.finished.gathered.key


def test_each_view_is_asked_of_each_model(store: LocalStore) -> None:
    """Against the model itself, restored and asked about the records as the view shows them."""
    plan = plan_of_config(config(views=VIEWS))
    run_local(plan.works, plan.data, store)
    work, records = plan.works[0], plan.data
    assert plan.views is not None
    from miaudit.training.data import Records

    tensors = store.get(work.job.key)
    assert tensors is not None
    all_records = Records(records.x, records.y, records.classes)
    model = work.job.recipe.restored(tensors, all_records)
    assert model is not None
    for view in plan.views.numbers:
        said = stored_outputs((work,), records.y[work.query], store, view).values[0]
        seen = plan.views.maker.view(records.x, work.query, view)
        np.testing.assert_allclose(said, model.outputs(seen).values, rtol=1e-5, atol=1e-5)
        assert (seen != records.x[work.query]).any()


def test_an_interrupt_loses_one_view_at_most(store: LocalStore) -> None:
    plan = plan_of_config(config(views=VIEWS))
    run_local(plan.works, plan.data, store)
    lost = plan.works[1].view_key(2)
    before = {entry.key: entry.used for entry in store.entries()}
    store.path(lost).unlink()
    assert not plan.works[1].is_done(store)
    assert run_local(plan.works, plan.data, store).trained == 0
    assert {entry.key for entry in store.entries()} == set(before)


def test_views_survive_the_file_of_evidence(store: LocalStore, tmp_path: Path) -> None:
    plan = plan_of_config(config(views=VIEWS))
    run_local(plan.works, plan.data, store)
    evidence = gather(plan, ask(plan, store), store).evidence
    write_evidence(tmp_path / "evidence.safetensors", evidence)
    loaded = read_evidence(tmp_path / "evidence.safetensors").evidence
    for kept, panel in zip(loaded.panels(), evidence.panels(), strict=True):
        for one, other in zip(kept.each_view(), panel.each_view(), strict=True):
            np.testing.assert_array_equal(one.target("loss"), other.target("loss"))
            np.testing.assert_array_equal(one.references("loss"), other.references("loss"))
    models, records = len(plan.auxiliary), len(plan.works[1].query)
    numbers = (1 + VIEWS) * (models * records + records) * 10
    assert (tmp_path / "evidence.safetensors").stat().st_size < 4 * numbers + 100_000  # each table is there once


def test_auto_asks_where_it_is_known_to_help() -> None:
    recipe = dict(CONFIG["recipe"])
    assert plan_of_config(config()).views is None
    moved = plan_of_config(config(recipe={**recipe, "crop_padding": 1})).views
    assert moved is not None
    assert moved.count == 8
    assert plan_of_config(config(recipe={**recipe, "crop_padding": 1}, attacks=["loss"])).views is None
    labels = config(defence={"name": "confidence_masking", "labels_only": True})
    assert plan_of_config(labels).views is not None
    assert plan_of_config(config(defence={"name": "confidence_masking", "digits": 2})).views is None


def test_the_plan_says_what_is_asked() -> None:
    plan = plan_of_config(config(views=VIEWS))
    words = forecast(plan, None).views
    assert f"every model is also asked about {VIEWS} further views of each record (mirrored and moved by up to" in words
    assert forecast(plan_of_config(config()), None).views == ""


@dataclass(frozen=True, eq=False)
class Counting(Target):
    """A linear model whose answers cost something."""

    asked: list[int] = field(default_factory=list)
    budget: int = 10**6
    free_to_ask: ClassVar[bool] = False

    @property
    def description(self) -> str:
        return "a counting model"

    def outputs(self, x: np.ndarray) -> ModelOutputs:
        self.asked.append(len(x))
        return ModelOutputs(np.column_stack([x[:, 0], -x[:, 0]]), "logits")

    def check_queries(self, x: np.ndarray) -> None:
        if len(x) > self.budget:
            raise UserError(f"{len(x)} records are more than the budget")


RNG = np.random.default_rng(0)
PART = RNG.normal(size=(40, 3)), np.arange(40) % 2
OTHERS = RNG.normal(size=(40, 3)), np.arange(40) % 2


def test_a_target_whose_answers_cost_is_asked_only_if_the_user_says_so(tmp_path: Path) -> None:
    plain, seen = Counting(), Counting()
    miaudit.audit(plain, PART, OTHERS, store=tmp_path)
    miaudit.audit(seen, PART, OTHERS, store=tmp_path, views=2)
    assert sum(seen.asked) - sum(plain.asked) == 2 * 80
    poor = Counting(budget=239)
    with pytest.raises(UserError, match="240 records are more than the budget"):
        miaudit.audit(poor, PART, OTHERS, store=tmp_path, views=2)
    assert sum(poor.asked) < 80  # no more than what any audit tries before it begins


def test_a_model_that_gives_labels_is_asked_about_views(tmp_path: Path) -> None:
    model = LogisticRegression().fit(*PART)
    found = miaudit.audit(_labels_of(model), PART, OTHERS, store=tmp_path, models=4, shadows=2, outputs="labels")
    assert "label_only" in found.result.attacks
    none = miaudit.audit(
        _labels_of(model), PART, OTHERS, store=tmp_path, models=4, shadows=2, outputs="labels", views=0
    )
    assert "further views" in none.result.skipped["label_only"]
    assert "gap" in none.result.attacks


def test_answers_that_were_collected_have_no_views(tmp_path: Path) -> None:
    said = miaudit.Predictions(np.tile([0.5, 0.5], (40, 1)), np.tile([0.5, 0.5], (40, 1)))
    with pytest.raises(UserError, match=r"views=2: the answers of .* were collected"):
        miaudit.audit(said, PART, OTHERS, store=tmp_path, views=2)


@pytest.mark.parametrize("wrong", [-1, 25, "all", 2.5])
def test_other_numbers_are_refused(wrong: object, tmp_path: Path) -> None:
    with pytest.raises(UserError, match='expected "auto" or a number from 0 to 24 as views'):
        miaudit.audit(Counting(), PART, OTHERS, store=tmp_path, views=wrong)  # type: ignore[arg-type]


def test_evidence_was_collected_already() -> None:
    with pytest.raises(UserError, match="leave `views` out"):
        parse_config({"evidence": "evidence.safetensors", "views": 4})


def _labels_of(model: LogisticRegression) -> "Labels":
    return Labels(model)


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels that a classifier gives, and nothing else."""

    model: LogisticRegression

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(self.model.predict(x))
