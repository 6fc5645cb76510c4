from typing import Any

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.evidence import Panel

LOGITS = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])


@pytest.mark.parametrize(
    ("in_reference", "expected"),
    [
        ([[True, False], [False, True]], True),
        ([[True, False], [True, True]], False),  # both references were trained on the first record
        ([[False, False]], True),
    ],
)
def test_outsiders_are_references_that_were_not_trained_on_a_record(
    in_reference: list[list[bool]], expected: bool
) -> None:
    outputs = np.zeros((2, 3))
    assert Panel.of(outputs, [0, 1], [outputs] * len(in_reference), in_reference).has_outsiders == expected
    assert not Panel.of(outputs, [0, 1]).has_outsiders


@pytest.mark.parametrize(
    ("in_reference", "expected"),
    [([[True, False], [False, True]], True), ([[True, False], [True, False]], False), ([[True, True]], True)],
)
def test_insiders_are_references_that_were_trained_on_a_record(in_reference: list[list[bool]], expected: bool) -> None:
    outputs = np.zeros((2, 3))
    assert Panel.of(outputs, [0, 1], [outputs] * len(in_reference), in_reference).has_insiders == expected
    assert not Panel.of(outputs, [0, 1]).has_insiders


def test_a_panel_of_arrays_holds_them() -> None:
    panel = Panel.of(LOGITS, [2, 0], [-LOGITS, LOGITS + 1.0], [[0, 1], [1, 0]], member=np.array([1, 0]), ids=[7, 3])
    np.testing.assert_array_equal(panel.target("logits"), LOGITS)
    np.testing.assert_array_equal(panel.references("logits"), [-LOGITS, LOGITS + 1.0])
    np.testing.assert_array_equal(panel.in_reference, [[False, True], [True, False]])
    np.testing.assert_array_equal(panel.member, [True, False])
    np.testing.assert_array_equal(panel.ids, [7, 3])
    assert (len(panel), panel.n_references, panel.n_classes, panel.labels.tolist()) == (2, 2, 3, [2, 0])


def test_lists_and_whole_numbers_are_read_and_single_precision_is_kept() -> None:
    assert Panel.of([[1, 2], [3, 4]], [0, 1]).target("logits").tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert Panel.of(LOGITS.astype(np.float32), [0, 1]).target_view.outputs.values[0].dtype == np.float32


def test_probabilities_stay_as_they_are_given() -> None:
    p = np.array([[0.25, 0.75], [0.5, 0.5]])
    panel = Panel.of(p, [0, 1], [p[::-1]], kind="probs")
    np.testing.assert_array_equal(panel.target("posteriors"), p)
    np.testing.assert_array_equal(panel.references("posteriors")[0], p[::-1])


def test_an_attack_cannot_write_to_the_arrays_but_their_owner_can() -> None:
    own = LOGITS.copy()
    panel = Panel.of(own, [0, 1], [own], member=[True, False], ids=[0, 1])
    table = panel.target_view.outputs
    held = (table.values[0], table.labels, panel.in_reference, panel.member, panel.ids)
    for array in held:
        assert array is not None
        assert not array.flags.writeable
    own[0, 0] = 5.0
    assert panel.target("logits")[0, 0] == 5.0  # no copy was made


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"target": LOGITS[0]}, r"target, asked about 2 records: expected logits \(2, C\) with C >= 2, it gave \(3,\)"),
    ({"labels": [0, 3]}, "labels: expected classes 0 to 2, .* got 3 at record 1"),
    ({"labels": [0.0, 1.0]}, r"labels: expected whole numbers \(int64\), got float64"),
    ({"labels": []}, r"labels: expected shape \(n,\) with n > 0"),
    ({"references": [LOGITS, LOGITS[:, :2]]}, r"reference 1, .*: expected logits \(2, 3\), it gave \(2, 2\)"),
    ({"in_reference": [[True, False]]}, r"in_reference: expected shape \(0, 2\).*got \(1, 2\)"),
    ({"references": [LOGITS], "in_reference": [[0, 2]]}, "in_reference: expected 0 and 1 only, got 2"),
    ({"member": [True]}, r"member: expected shape \(2,\)"),
    ({"ids": [4, 4]}, "ids: expected an id of its own for every record, got 4 2 times"),
    ({"target": LOGITS * np.nan}, "target, .*: expected finite numbers"),
    ({"kind": "probs"}, "target, .*: expected probabilities in"),
    ({"references": [np.full((2, 3), 1 / 3)]}, "reference 0, .*: expected logits, got probabilities"),
]


@pytest.mark.parametrize(("change", "message"), MISTAKES)
def test_a_mistake_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        Panel.of(**{"target": LOGITS, "labels": [0, 1], **change})


def test_further_views_come_back_in_their_order() -> None:
    first, second, third = (Panel.of(LOGITS + shift, [0, 1], [LOGITS - shift]) for shift in (0.0, 1.0, 2.0))
    panels = first.with_views([second, third]).each_view()
    for panel, given in zip(panels, (first, second, third), strict=True):
        np.testing.assert_array_equal(panel.target("logits"), given.target("logits"))
        np.testing.assert_array_equal(panel.references("logits"), given.references("logits"))
        assert not panel.views
