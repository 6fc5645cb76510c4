"""Outputs behind a mask are probabilities, as they are shown, in memory and in a file."""

from pathlib import Path

import numpy as np
import pytest

from miaudit.auditing.masked import masked
from miaudit.defences.confidence_masking import ConfidenceMasking
from miaudit.evidence import Evidence, Outputs, Panel, View
from miaudit.evidence.io.file import read_evidence, write_evidence

RNG = np.random.default_rng(0)
LOGITS = [RNG.normal(0, 2, size=(60, 10)) for _ in range(3)]
PLAIN = Outputs(np.arange(60) % 10, LOGITS)


def test_without_a_mask_nothing_changes() -> None:
    assert masked(PLAIN, None) is PLAIN


@pytest.mark.parametrize(
    "mask", [ConfidenceMasking(digits=1), ConfidenceMasking(top_k=2, digits=2), ConfidenceMasking(labels_only=True)]
)
def test_what_is_shown_is_what_attacks_read_and_what_is_saved(mask: ConfidenceMasking, tmp_path: Path) -> None:
    shown = masked(PLAIN, mask)
    assert (shown.kind, shown.models) == ("probs", 3)
    views = [View(outputs, np.array(models), np.arange(60)) for outputs, models in ((shown, [0]), (PLAIN, [1, 2]))]
    evidence = Evidence(Panel(views[0], views[1], np.zeros((2, 60), dtype=bool))).with_floor()
    write_evidence(tmp_path / "e.safetensors", evidence)
    for audit in (evidence.audit, read_evidence(tmp_path / "e.safetensors").evidence.audit):
        np.testing.assert_array_equal(audit.target("posteriors"), mask.mask(LOGITS[0]))
        np.testing.assert_array_equal(audit.references("logits"), LOGITS[1:])
        assert np.isfinite(audit.target("scaled_logit")).all()


def test_rounded_rows_tie_where_the_shown_probability_is_the_same() -> None:
    shown = masked(PLAIN, ConfidenceMasking(digits=1))
    panel = Evidence(Panel(View.whole(shown))).with_floor().audit
    own = panel.target("posteriors")[np.arange(60), panel.labels]
    for name in ("loss", "scaled_logit"):
        assert len(np.unique(panel.target(name))) == len(np.unique(own)) < 12


def test_probabilities_can_be_masked_again() -> None:
    once = masked(PLAIN, ConfidenceMasking(temperature=2.0))
    twice = masked(once, ConfidenceMasking(labels_only=True))
    np.testing.assert_array_equal(twice.values[1], masked(PLAIN, ConfidenceMasking(labels_only=True)).values[1])
