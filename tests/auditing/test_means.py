import pytest

from miaudit.attacks.base import Means, Needs
from miaudit.auditing.chosen import usual_attacks
from miaudit.auditing.means import means_used

POOL = Needs(shadows=8, out_references=8, in_references=8, known=True, population=True)
NOTHING = Needs()


@pytest.mark.parametrize(
    ("needs", "means"),
    [
        (Needs(), "queries"),
        (Needs(classes=True), "queries"),
        (Needs(known=True), "records"),
        (Needs(population=True), "records"),
        (Needs(out_references=1, population=True), "references"),
        (Needs(in_references=1), "references"),
        (Needs(shadows=1, out_references=1), "shadows"),
    ],
)
def test_the_most_costly_need_counts(needs: Needs, means: Means) -> None:
    assert needs.means == means


@pytest.mark.parametrize(
    ("attack", "with_all", "with_least"),
    [
        ("loss", "queries", "queries"),
        ("kde", "records", "records"),
        ("quantile", "references", "records"),
        ("lira", "references", "references"),
        ("ensemble", "shadows", "references"),  # learns on shadows where there are any
        ("ldc", "shadows", "shadows"),
    ],
)
def test_what_an_attack_reads_beyond_its_needs_counts_where_it_is_there(
    attack: str, with_all: Means, with_least: Means
) -> None:
    built = usual_attacks("all")[attack]
    assert (means_used(built, POOL), means_used(built, NOTHING)) == (with_all, with_least)
