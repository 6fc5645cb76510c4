import numpy as np
import pytest

from decisions.pairs import result_of, saved, scores_of
from miaudit.auditing.files import RESULT
from miaudit.decisions.compare import compare
from miaudit.decisions.comparison import Against, AuditComparison
from miaudit.decisions.saved import SavedAudit
from miaudit.errors import UserError

A = saved("A", {"loss": scores_of(0.8, 0), "lira": scores_of(1.2, 1)})
B = saved("B", {"loss": scores_of(0.3, 2), "lira": scores_of(0.4, 3)})


def against(first: SavedAudit, second: SavedAudit, unpaired: bool = False) -> Against:
    return compare(first, [second], unpaired=unpaired).result.against[0]


def test_a_clear_difference_is_found_and_said() -> None:
    found = compare(A, [B]).result
    assert found.tests == 6  # AUC and TPR at 1 % FPR of two attacks, and two accuracies
    assert found.confidence == pytest.approx(1 - 0.05 / 6)
    assert found.against[0].leaks == "less"
    assert found.against[0].headline == "B leaks less than A"
    assert found.against[0].detail == "AUC of lira 0.782 → 0.591, difference −0.192 (−0.221 to −0.162)"


def test_the_other_way_round_it_leaks_more() -> None:
    assert against(B, A).leaks == "more"


def test_numbers_are_those_of_the_audits() -> None:
    by_attack = {(each.attack, each.fpr): each for each in against(A, B).differences if each.of_leakage}
    for title in ("loss", "lira"):
        auc = by_attack[title, None]
        assert (auc.before, auc.after) == tuple(audit.result.attacks[title].auc.value for audit in (A, B))
        assert auc.before is not None
        assert auc.after is not None
        assert auc.change.value == pytest.approx(auc.after - auc.before)


def test_p_values_are_corrected_and_agree_with_the_intervals() -> None:
    found = compare(A, [B, saved("C", {"loss": scores_of(0.75, 5), "lira": scores_of(1.1, 6)})]).result
    assert found.tests == 12
    for each in (each for other in found.against for each in other.differences):
        if each.p is not None and each.p_corrected is not None:
            assert each.p_corrected == pytest.approx(min(1, 12 * each.p))
            assert (each.p_corrected < 0.05) == (each.direction != "unclear")


def test_rates_that_the_records_cannot_resolve_are_not_tests() -> None:
    unresolved = [each for each in against(A, B).differences if each.fpr == "0.001"]
    assert [each.change.note for each in unresolved] == ["needs >= 1,000 non-members, have 400"] * 2
    assert all(each.p is None and each.direction == "unclear" for each in unresolved)


def test_the_same_target_under_other_seeds_seldom_differs() -> None:
    """60 pairs of audits without a difference: at most 5 % show one, in any of their tests."""
    rng = np.random.default_rng(11)
    shown = []
    for _ in range(60):
        first, second = (
            saved(name, {"loss": scores_of(0.5, int(rng.integers(1 << 40)), n=200)}) for name in ("A", "B")
        )
        shown.append(against(first, second).leaks != "unclear")
    assert np.mean(shown) <= 0.05


def test_strongest_attacks_are_compared_where_they_differ() -> None:
    other = saved("B", {"loss": scores_of(0.9, 2), "lira": scores_of(0.4, 3)})
    strongest = [each for each in against(A, other).differences if each.of_strongest]
    assert [(each.attack, each.attack_after, each.fpr) for each in strongest] == [
        ("lira", "loss", None),
        ("lira", "loss", "0.01"),
    ]
    assert against(A, other).leaks == "mixed"


def test_accuracy_is_compared_on_shared_records_where_these_are_known() -> None:
    right = np.arange(800) % 100 > 0
    fewer = right & (np.arange(800) % 50 > 0)
    scores = {"loss": scores_of(0.5, 0)}

    def with_accuracy(name: str, correct: np.ndarray, known: bool = True) -> SavedAudit:
        columns = {"signal.correct": correct.astype(float)} if known else {}
        made = saved(name, scores, **columns)
        return made._replace(result=result_of(scores, float(correct[:400].mean()), float(correct[400:].mean())))

    def accuracy(known: bool) -> tuple[float, float]:
        found = against(with_accuracy("A", right, known), with_accuracy("B", fewer, known)).differences[-1]
        assert found.measure == "test_accuracy"
        assert found.before == pytest.approx(0.99)
        return found.change.low or 0.0, found.change.high or 0.0

    paired, unpaired = accuracy(known=True), accuracy(known=False)
    assert paired[1] - paired[0] < unpaired[1] - unpaired[0]


def test_members_that_changed_sides_are_listed() -> None:
    ids = np.array([f"PAT-{i}" for i in range(8)])
    called = [np.array(sides, dtype=bool) for sides in ([1, 1, 0, 0, 1, 0, 0, 0], [0, 1, 1, 1, 0, 0, 0, 0])]
    first, second = (
        saved(name, {"loss": scores_of(1, seed, n=8)}, id=ids, **{"loss.member": sides})
        for name, seed, sides in zip("AB", (0, 1), called, strict=True)
    )
    found = compare(first, [second])
    (counts,) = found.result.against[0].changed
    assert (counts.members, counts.exposed, counts.safe) == (4, 2, 1)  # non-members do not count
    assert found.records.to_pylist() == [
        {"audit": "B", "attack": "loss", "id": "PAT-2", "now": "exposed"},
        {"audit": "B", "attack": "loss", "id": "PAT-3", "now": "exposed"},
        {"audit": "B", "attack": "loss", "id": "PAT-0", "now": "safe"},
    ]
    assert "PAT-" not in found.result.model_dump_json()


def test_other_records_and_flipped_members_are_said() -> None:
    elsewhere = saved("B", {"loss": scores_of(0.8, 2), "lira": scores_of(1, 3)}, id=np.arange(800) + 900)
    assert "A and B have no record in common" in " ".join(against(A, elsewhere).sentences)
    flipped = saved("B", {"loss": scores_of(0.8, 2), "lira": scores_of(1, 3)}, member=np.arange(800) >= 300)
    words = " ".join(against(A, flipped).sentences)
    assert "700 of the matched records are members in one audit and non-members in the other" in words
    assert "not matched, as asked" in " ".join(against(A, B, unpaired=True).sentences)


def test_audits_that_failed_a_control_are_to_be_read_with_care() -> None:
    verdict = B.result.verdict.model_copy(update={"level": "invalid"})
    broken = B._replace(result=B.result.model_copy(update={"verdict": verdict}))
    assert "Read the comparison with care: a control failed in B." in against(A, broken).sentences


def test_the_result_survives_json() -> None:
    found = compare(A, [B]).result
    assert AuditComparison.model_validate_json(found.model_dump_json(by_alias=True)) == found


def test_an_audit_given_twice_is_refused() -> None:
    with pytest.raises(UserError, match=r"expected different audits, got .*A twice"):
        compare(A, [A._replace(name=f"A/{RESULT}")])


def test_a_single_audit_is_refused() -> None:
    with pytest.raises(UserError, match="expected two audits or more to compare, got one"):
        compare(A, [])


def test_audits_without_a_common_attack_are_refused() -> None:
    other = saved("B", {"rmia": scores_of(1, 0)})
    with pytest.raises(
        UserError, match=r"expected an attack that both audits ran, got none \(A: loss, lira; B: rmia\)"
    ):
        compare(A, [other])


def test_folders_of_one_name_are_told_apart_by_their_paths() -> None:
    found = compare(A._replace(name="old/audit"), [B._replace(name="new/audit")]).result
    assert [audit.name for audit in found.audits] == ["old/audit", "new/audit"]
