"""The control of the reference models, on evidence of known truth and on small models trained in several ways."""

from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import t as student
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.neural_network import MLPClassifier

import miaudit
from miaudit.arrays import Bools, Floats
from miaudit.auditing.likeness import likeness
from miaudit.auditing.result import Likeness
from miaudit.evidence import Evidence, Panel
from worlds import gaussian_world, half, panel_of_phi


class Way(NamedTuple):
    """How a model of the world is trained: what is added to scaled logits, and how much models differ."""

    own: float = 1.5  # on its training records
    everywhere: float = 0.0
    spread: float = 0.15  # from model to model


def world(target: Way, references: Way, models: int, seed: int, n: int = 400) -> tuple[Evidence, Bools]:
    rng = np.random.default_rng(seed)
    inside = np.array([half(rng, n) for _ in range(models + 1)])
    phi = rng.normal(1.0, 2.0, n) + rng.normal(0.0, 0.7, (models + 1, n))
    for m, way in enumerate([target] + [references] * models):
        own, everywhere = rng.normal([way.own, way.everywhere], way.spread)
        phi[m] += own * inside[m] + everywhere
    return Evidence(audit=panel_of_phi(phi[0], phi[1:], inside[1:])), inside[0]


def control(target: Way, references: Way, models: int = 16, seed: int = 0) -> Likeness:
    found = likeness(*world(target, references, models, seed))
    assert found is not None
    return found


@pytest.mark.parametrize("models", [6, 16, 32])
def test_models_of_one_recipe_pass_in_at_least_95_of_100_audits(models: int) -> None:
    states = [control(Way(), Way(), models, seed).state for seed in range(200)]
    assert states.count("alike") >= 190
    assert set(states) <= {"alike", "unlike"}


@pytest.mark.parametrize(
    ("target", "outside"),
    [
        (Way(own=4.0), {"loss_own"}),  # trained much longer
        (Way(own=0.0), {"loss_own"}),  # hardly trained, or the members are not its training records
        (Way(own=1.5, everywhere=1.5), {"accuracy_other", "loss_other"}),  # fine-tuned from a better model
        (Way(own=0.0, everywhere=-2.0), {"accuracy_own", "accuracy_other", "loss_own", "loss_other"}),  # other pixels
    ],
    ids=["overtrained", "not the records", "fine-tuned", "other inputs"],
)
def test_models_of_another_recipe_fail(target: Way, outside: set[str]) -> None:
    for seed in range(20):
        found = control(target, Way(), seed=seed)
        assert found.state == "unlike"
        assert outside <= {name for name, compared in found.measured.items() if not compared.alike}


def test_few_models_cannot_tell_but_what_lies_far_outside() -> None:
    assert {control(Way(), Way(), 4, seed).state for seed in range(30)} == {"unknown"}
    assert control(Way(own=0.0, everywhere=-6.0, spread=0.01), Way(spread=0.01), 4).state == "unlike"
    assert control(Way(everywhere=-6.0), Way(), 1).state == "unknown"  # one model has no spread


def test_the_interval_by_hand() -> None:
    """Five references on 40 records, 20 of them their own; all know 18 to 20 of these."""
    right = [18, 19, 19, 19, 20]
    inside = np.tile(np.arange(40) < 20, (5, 1))
    references = np.where(np.arange(40) < np.array(right)[:, None], 1.0, -1.0) * inside + ~inside
    evidence = Evidence(audit=panel_of_phi(np.where(np.arange(40) < 15, 1.0, -1.0), references, inside))
    found = likeness(evidence, np.arange(40) < 20)
    assert found is not None
    own = found.measured["accuracy_own"]
    noise = np.sqrt((97 / 104) * (7 / 104) / 20)  # 95 of 100 right, two of each kind added; on the target's 20 records
    width = student.ppf(1 - 0.05 / 8, 4) * max(np.std([0.9, 0.95, 0.95, 0.95, 1.0], ddof=1), noise) * np.sqrt(1.2)
    found_numbers = [own.target, own.references, own.low, own.high]
    assert found_numbers == pytest.approx([0.75, 0.95, 0.95 - width, 0.95 + width])


def test_models_without_a_fault_allow_for_the_targets_sampling_error() -> None:
    inside = np.tile(np.arange(80) < 40, (8, 1))
    phi = np.where(np.arange(80) == 0, -0.1, 3.0)
    found = likeness(Evidence(audit=panel_of_phi(phi, np.full((8, 80), 3.0), inside)), inside[0])
    assert found is not None
    assert found.measured["accuracy_own"].references == 1.0
    assert found.measured["accuracy_own"].alike  # 39 of 40


def test_shadows_tell_of_training_records_where_no_reference_was_trained_on_audited_ones() -> None:
    world = gaussian_world(np.random.default_rng(0), form="out", references=6, shadows=6)
    found = likeness(world.evidence, world.member)
    assert found is not None
    assert (found.state, found.models, len(found.measured)) == ("alike", 6, 4)
    alone = likeness(Evidence(audit=world.evidence.audit), world.member)
    assert alone is not None
    assert (alone.state, set(alone.measured)) == ("unknown", {"accuracy_other", "loss_other"})


@pytest.mark.parametrize(("target_learned", "failed"), [(True, 2), (False, 0)])
def test_models_that_learned_nothing_are_counted_if_the_target_learned(target_learned: bool, failed: int) -> None:
    """Of 200 records, 80 have the most frequent label; two errors more are 80 + 2 sqrt(200 0.4 0.6) = 93.9."""
    labels, place = np.repeat([0, 1, 2], [80, 60, 60]), np.arange(200)
    right = [place < 93, place < 94, labels == 0, place < 200]
    logits = [5 * np.eye(3)[np.where(hits, labels, (labels + 1) % 3)] for hits in right]
    own = 5 * np.eye(3)[labels if target_learned else np.zeros(200, dtype=np.int64)]
    panel = Panel.of(own, labels, logits, np.ones((4, 200), dtype=bool))
    found = likeness(Evidence(audit=panel), np.ones(200, dtype=bool))
    assert found is not None
    assert found.learned_nothing == failed


@pytest.mark.parametrize(
    ("share", "own", "right", "sure", "failed"),
    [
        (0.9, 20, 1.0, 5.0, 0),  # no accuracy is above 18 of 20 by two errors
        (0.99, 50, 1.0, 5.0, 0),  # some of the models have records of one class alone
        (0.9, 400, 0.9, 5.0, 8),  # answers the frequent class, and is too sure of it
        (0.9, 400, 0.9, 0.0, 0),  # the same, but unsure where it is wrong: ranks the classes well
    ],
    ids=["few records", "one class", "failed", "learned in its loss"],
)
def test_models_that_cannot_show_what_they_learned_did_not_fail(
    share: float, own: int, right: float, sure: float, failed: int
) -> None:
    rng = np.random.default_rng(0)
    labels = (np.arange(4000) >= share * 4000).astype(np.int64)
    inside = np.array([rng.permutation(4000) < own for _ in range(8)])
    signs = np.where((labels == 0) | (right == 1.0), 5.0, -sure - 0.01)
    logits = np.where(np.eye(2, dtype=bool)[labels], signs[:, None], 0.0)
    panel = Panel.of(5 * np.eye(2)[labels], labels, [logits] * 8, inside)
    found = likeness(Evidence(audit=panel), np.arange(4000) % 2 == 0)
    assert found is not None
    assert found.learned_nothing == failed


def test_without_other_models_there_is_no_control() -> None:
    evidence, member = world(Way(), Way(), 2, 0)
    assert likeness(Evidence(audit=panel_of_phi(evidence.audit.target("scaled_logit"))), member) is None


def digits(n: int, shift: float = 1.0) -> tuple[Floats, np.ndarray]:
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))[:n]
    return x[order] / 16 * shift, y[order]


def network(epochs: int) -> MLPClassifier:
    return MLPClassifier((16,), max_iter=epochs, random_state=1, learning_rate_init=0.01, n_iter_no_change=500)


def audited(target: object, scale: float = 1.0, offset: int = 0) -> miaudit.Audit:
    x, y = digits(600, scale)
    members = slice(offset, 200 + offset)
    return miaudit.audit(
        target, (x[members], y[members]), (x[400:], y[400:]), attacks=["base_ratio"], models=8, shadows=1, jobs=1
    )


@pytest.fixture(autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path_factory.mktemp("store")))


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_epochs_tell_right_references_from_wrong_ones() -> None:
    x, y = digits(200)
    right = network(60).fit(x, y)
    assert state(audited(right)) == "alike"
    short = network(3).fit(x, y).set_params(max_iter=60)  # its parameters no longer say how it was trained
    assert state(audited(short)) == "unlike"


def test_weights_scales_and_other_records_are_told() -> None:
    x, y = digits(200)
    forest = RandomForestClassifier(20, random_state=1)
    assert state(audited(forest.fit(x, y))) == "alike"
    weights = np.where(np.arange(200) < 100, 100.0, 0.0)
    assert state(audited(forest.fit(x, y, sample_weight=weights))) == "unlike"
    assert state(audited(forest.fit(x * 255, y))) == "unlike"  # asked for pixels of 0 to 1
    assert state(audited(forest.fit(x, y), offset=200)) == "unlike"  # "members" that it was not trained on


def state(found: miaudit.Audit) -> str:
    control = found.result.controls.likeness
    assert control is not None
    return control.state
