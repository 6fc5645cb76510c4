import pytest

from miaudit.errors import UserError
from miaudit.evidence.io.groups import Group, matched, named, numbered, single


def columns(groups: list[Group]) -> list[tuple[str, ...]]:
    return [group.columns for group in groups]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["age", "no", "yes"], [("age", "no", "yes")]),  # completed later, by the rows' sums
        (["prob_no", "prob_yes", "prob_maybe"], [("prob_no", "prob_yes", "prob_maybe")]),
        (["P (y=no)", "P (y=yes)"], [("P (y=no)", "P (y=yes)")]),
        (["no_prob", "yes_prob"], [("no_prob", "yes_prob")]),
        (["rf_no", "rf_yes", "p_no", "p_yes"], [("rf_no", "rf_yes"), ("p_no", "p_yes")]),
        (["Prob.No", "Prob.Yes"], [("Prob.No", "Prob.Yes")]),
        (["prob_no", "prob_maybe"], []),
    ],
)
def test_columns_are_found_by_the_names_of_classes(names: list[str], expected: list[tuple[str, ...]]) -> None:
    assert columns(named(names, ["no", "yes"])) == expected


def test_known_names_come_first() -> None:
    unknown, known = named(["rf_no", "rf_yes", "p_no", "p_yes"], ["no", "yes"])
    assert known.rank < unknown.rank
    assert known.says == "probabilities"


def test_numbers_are_classes_only_behind_known_names() -> None:
    names = ["x0", "x1", "p0", "p1", "visit_0", "visit_1", "0", "1"]
    assert columns(named(names, ["0", "1"])) == [("p0", "p1"), ("0", "1")]
    assert columns(numbered(names)) == [("p0", "p1"), ("0", "1")]


def test_numbers_have_no_gap() -> None:
    assert numbered(["p0", "p2"]) == []
    assert numbered(["p2", "p3"]) == []
    assert columns(numbered(["prob_2", "prob_1", "prob_3"])) == [("prob_1", "prob_2", "prob_3")]


@pytest.mark.parametrize(
    ("names", "labels", "classes"),
    [
        (["p0", "p1"], ["1", "0"], ("0", "1")),
        (["p1", "p2"], ["2"], ("1", "2")),
        (["p0", "p1"], ["2", "1"], ("1", "2")),
        (["p1", "p2"], ["1", "0"], ("0", "1")),
        (["p0", "p1"], ["3000", "-7"], ("-7", "3000")),
        (["p0", "p1"], ["Yes", "No"], ("No", "Yes")),
        (["p0", "p1"], ["True", "False"], ("False", "True")),
        (["p0", "p1"], ["1", "-1"], ("-1", "1")),
        (["p0", "p1"], ["cat", "dog"], None),
        (["p0", "p1", "p2"], ["1", "9"], None),
    ],
)
def test_numbered_columns_are_matched_only_in_the_one_order(
    names: list[str], labels: list[str], classes: tuple[str, ...] | None
) -> None:
    found = matched(numbered(names)[0], labels)
    assert (None if found is None else found.classes) == classes


@pytest.mark.parametrize(
    ("name", "labels", "classes"),
    [
        ("p", ["1", "0"], ("0", "1")),
        ("p1", ["1"], ("0", "1")),
        (".pred_yes", ["yes", "no"], ("no", "yes")),
        (".pred_no", ["yes", "no"], ("yes", "no")),
        ("prob_dog", ["dog", "cat"], ("cat", "dog")),
        ("y_score", ["negative", "positive"], ("negative", "positive")),
        ("p1", ["no", "yes"], ("no", "yes")),
        ("p", ["Yes"], ("no", "Yes")),
    ],
)
def test_one_column_is_that_of_a_class_that_is_known(name: str, labels: list[str], classes: tuple[str, ...]) -> None:
    (found,) = single(["age", name], labels)
    assert (found.columns, found.classes) == ((name,), classes)


@pytest.mark.parametrize("labels", [["cat", "dog"], ["1", "2"], ["3", "4"]])
def test_one_column_of_an_unknown_class_is_asked_for(labels: list[str]) -> None:
    with pytest.raises(UserError, match=f"by --probabilities 'p={labels[-1]}'"):
        single(["p"], labels)
