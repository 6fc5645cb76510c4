"""The regression of centre and width against Gaussian laws whose centres and widths are known."""

from dataclasses import replace

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.attacks.quantile import Quantile
from miaudit.evidence import Evidence, Panel
from worlds import auc, bare, gaussian_world

CENTRES, WIDTHS = np.array([-2.0, 0.0, 3.0]), np.array([0.5, 1.0, 2.0])


def logits_of(phi: Floats, labels: Ints) -> Floats:
    """(n, 3) logits whose label's scaled logit is phi: the others' log-sum-exp is 0."""
    logits = np.full((len(labels), 3), -np.log(2.0))
    logits[np.arange(len(labels)), labels] = phi
    return logits


def drawn(rng: np.random.Generator, n: int) -> tuple[Panel, Floats]:
    """Records of a class's own Gaussian, and their true deviations."""
    labels, z = rng.integers(3, size=n), rng.normal(size=n)
    return Panel.of(logits_of(CENTRES[labels] + WIDTHS[labels] * z, labels), labels), z


def test_each_class_has_its_own_centre_and_width() -> None:
    rng = np.random.default_rng(0)
    (audit, z), (population, _) = drawn(rng, 500), drawn(rng, 6000)
    scores = Quantile().score(Evidence(audit=audit, population=population), rng)
    np.testing.assert_allclose(scores, z, atol=0.25)
    assert np.abs(scores - z).mean() < 0.05


def with_references(rng: np.random.Generator, n: int, references: int = 200) -> tuple[Panel, Floats]:
    """Records whose centre and width all models share: the references tell them."""
    labels = np.zeros(n, dtype=np.int64)
    centre, width, z = rng.uniform(-3, 3, size=n), rng.uniform(0.5, 2.0, size=n), rng.normal(size=n)
    others = rng.normal(centre, width, size=(references, n))
    rows = np.stack([logits_of(phi, labels) for phi in others])
    return Panel.of(logits_of(centre + width * z, labels), labels, rows), z


def test_references_tell_centre_and_width() -> None:
    rng = np.random.default_rng(0)
    (audit, z), (population, _) = with_references(rng, 300), with_references(rng, 6000, 200)
    scores = Quantile().score(Evidence(audit=audit, population=population), rng)
    assert np.corrcoef(scores, z)[0, 1] > 0.95
    alone = Quantile().score(Evidence(audit=bare(audit), population=population), rng)
    assert np.corrcoef(alone, z)[0, 1] < 0.8


def test_references_count_only_where_all_records_have_some() -> None:
    """A record that all references were trained on would have no features."""
    rng = np.random.default_rng(0)
    (audit, _), (population, _) = with_references(rng, 50, 2), with_references(rng, 400, 2)
    inside = np.zeros((2, 50), dtype=bool)
    inside[:, 7] = True
    partly = replace(audit, in_reference=inside)
    scores = Quantile().score(Evidence(audit=partly, population=population), np.random.default_rng(0))
    expected = Quantile().score(Evidence(audit=bare(audit), population=bare(population)), np.random.default_rng(0))
    np.testing.assert_array_equal(scores, expected)


def test_a_population_of_equals_gives_finite_scores() -> None:
    """No residual at all: the width has a floor."""
    labels = np.zeros(100, dtype=np.int64)
    audit = Panel.of(logits_of(np.array([-745.0, -80.0, 80.0, 745.0]), labels[:4]), labels[:4])
    population = Panel.of(logits_of(np.full(100, 80.0), labels), labels)
    scores = Quantile().score(Evidence(audit=audit, population=population), np.random.default_rng(0))
    assert np.isfinite(scores).all()
    assert (np.diff(scores) > 0).all()


def test_it_beats_the_loss_where_difficulty_differs() -> None:
    world = gaussian_world(np.random.default_rng(0), n=2000, population=2000)
    loss = world.evidence.audit.target("loss")
    assert (
        auc(Quantile().score(world.evidence, np.random.default_rng(0)), world.member) > auc(loss, world.member) + 0.02
    )
