import pytest

from decisions.graded_worlds import finding
from miaudit.auditing.result import Finding
from miaudit.auditing.wording import leaks, no_leak

TOGETHER = ". These counts rest on intervals for all attacks together, wider than those in the tables"


@pytest.mark.parametrize(
    ("proven", "words"),
    [
        ([finding("a", auc=(0.6, 0.55, 0.65)), finding("b", auc=(0.6, 0.51, 0.7))], ""),
        (
            [finding("a", auc=(0.6, 0.55, 0.65)), finding("b", (0.05, 0.02, 0.1))],
            f": 1 over all records (AUC); 1 at 1 % false alarms (TPR){TOGETHER}",
        ),
        (
            [finding("a", (0.05, 0.02, 0.1), (0.6, 0.55, 0.65)), finding("b")],
            ": 1 over all records (AUC); 1 at 1 % false alarms (TPR), counted already; 1 by the bound on epsilon alone "
            f"(b), which also counts outsiders that are recognised{TOGETHER}",
        ),
        (
            [finding("a", None)],
            f": 1 by the bound on epsilon alone (a), which also counts outsiders that are recognised{TOGETHER}",
        ),
        (
            [finding("a", (0.05, 0.02, 0.1), (0.6, 0.55, 0.65)), finding("b", (0.05, 0.02, 0.1))],
            f": 1 over all records (AUC); 2 at 1 % false alarms (TPR), 1 of them counted already{TOGETHER}",
        ),
    ],
)
def test_attacks_are_counted_by_the_measure_that_shows_the_leak(proven: list[Finding], words: str) -> None:
    first = leaks(proven, [*proven, finding("c")], 1000).sentences[0]
    opening = f"{len(proven)} of {len(proven) + 1} attacks distinguish members from non-members better than guessing"
    assert first.startswith(f"{opening}{words}. ")


@pytest.mark.parametrize(("widest", "said"), [(0.5849, "58 %"), (0.5012, "50.12 %"), (0.505, "50.50 %")])
def test_what_would_have_been_noticed_is_more_than_guessing(widest: float, said: str) -> None:
    """A large audit bounds the AUC so tightly that whole per cents would read as one half."""
    assert f"right in more than {said} of comparisons" in no_leak(widest, 2, references_unlike=False).sentences[0]
