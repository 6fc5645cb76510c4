"""Evidence as others may write it: tensors by name, and what they must be read as."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from miaudit.evidence import Evidence, Outputs, Panel, View

Arrays = dict[str, npt.NDArray[Any]]
VERSION = {"miaudit": "evidence/1"}


def minimal(rng: np.random.Generator, n: int = 6, C: int = 3) -> Arrays:
    return {
        "audit.labels": rng.integers(C, size=n),
        "audit.target.logits": rng.normal(size=(n, C)).astype(np.float32),
    }


def full(rng: np.random.Generator, C: int = 3) -> Arrays:
    """Every tensor of the plain form: 2 shadows, 4 references."""
    arrays: Arrays = {}
    sizes = {"audit": 6, "shadow.0": 5, "shadow.1": 7, "known": 4, "population": 8}
    for panel, n in sizes.items():
        arrays |= {
            f"{panel}.labels": rng.integers(C, size=n),
            f"{panel}.member": (np.arange(n) % 2 * (panel != "population")).astype(np.uint8),
            f"{panel}.target.logits": rng.normal(size=(n, C)).astype(np.float32),
            f"{panel}.references.logits": rng.normal(size=(4, n, C)),
            f"{panel}.in_reference": rng.integers(2, size=(4, n)).astype(np.uint8),
            f"{panel}.ids": rng.permutation(100)[:n],
        }
    arrays["population.shadow_targets.logits"] = rng.normal(size=(2, 8, C))
    return arrays


def pooled(rng: np.random.Generator, n: int = 6, M: int = 4, C: int = 3) -> Arrays:
    """The pool form at its shortest."""
    return minimal(rng, n, C) | {
        "pool.logits": rng.normal(size=(M, n, C)),
        "pool.in_training": np.array([(np.arange(n) + m) % 3 == 0 for m in range(M)], dtype=np.uint8),
    }


def saved(folder: Path, arrays: Arrays, metadata: dict[str, str] | None = VERSION) -> Path:
    path = folder / "evidence.safetensors"
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path, metadata=metadata)
    return path


def pool_world(rng: np.random.Generator) -> Evidence:
    """Panels as a collector makes them: subsets of one table, models and records in orders of their own."""
    N, M, C = 30, 6, 3
    labels = rng.integers(C, size=N)
    table = Outputs(labels, [rng.normal(size=(N, C)).astype(np.float32) for _ in range(M)])
    target = Outputs(labels, [rng.normal(size=(N, C)).astype(np.float32)])
    trained, ids = rng.random((M, N)) < 0.5, rng.permutation(1000)[:N]

    def panel(view: View, references: Any, member: Any = None) -> Panel:
        rows, models = view.records, np.array(references)
        return Panel(view, View(table, models, rows), trained[np.ix_(models, rows)], member, ids[rows])

    audited, known, population = np.split(rng.permutation(N), [14, 20])
    shadows = {2: [0, 1, 3, 4, 5], 4: [3, 1]}
    rows = {m: np.sort(rng.permutation(N)[:12]) for m in shadows}
    one = np.array([0])
    return Evidence(
        audit=panel(View(target, one, audited), [5, 0, 1, 2, 3]),
        shadows=tuple(
            panel(View(table, np.array([m]), rows[m]), others, trained[m][rows[m]]) for m, others in shadows.items()
        ),
        known=panel(View(target, one, known), [0, 1, 2, 3, 5], np.arange(6) % 2 == 0),
        population=panel(View(target, one, population), [0, 1, 2, 3, 5]),
        shadow_populations=tuple(
            panel(View(table, np.array([m]), population), others) for m, others in shadows.items()
        ),
    )


def assert_same_panel(a: Panel | None, b: Panel | None) -> None:
    if a is None or b is None:
        assert a is b
        return
    np.testing.assert_array_equal(a.labels, b.labels)
    np.testing.assert_array_equal(a.target("logits"), b.target("logits"))
    assert a.n_references == b.n_references
    if a.n_references:
        np.testing.assert_array_equal(a.references("logits"), b.references("logits"))
        np.testing.assert_array_equal(a.in_reference, b.in_reference)
    for x, y in ((a.member, b.member), (a.ids, b.ids)):
        assert (x is None) == (y is None)
        if x is not None and y is not None:
            np.testing.assert_array_equal(x, y)


def assert_same(a: Evidence, b: Evidence) -> None:
    assert len(a.shadows) == len(b.shadows)
    assert len(a.shadow_populations) == len(b.shadow_populations)
    assert_same_panel(a.audit, b.audit)
    assert_same_panel(a.known, b.known)
    assert_same_panel(a.population, b.population)
    for x, y in zip((*a.shadows, *a.shadow_populations), (*b.shadows, *b.shadow_populations), strict=True):
        assert_same_panel(x, y)
