import pytest

from decisions.graded_worlds import PASSED, finding, measured, result_of
from miaudit.auditing.result import Beyond, BlindBaseline, Level
from miaudit.decisions.plain import NO_GRADE, grade_name, in_plain_words, is_by_rate, not_graded

DIFFERENT = BlindBaseline(
    saw="labels", auc=measured((0.6, 0.55, 0.65)), tpr=measured((0.02, 0.01, 0.04)), wins=True, columns=1, differ=()
)


def test_a_leak_is_told_by_the_rate_that_the_grade_rests_on() -> None:
    words = in_plain_words(result_of(finding("loss", (0.2, 0.011, 0.3)), finding("ldc", (0.0646, 0.0156, 0.1104))))
    assert words == (
        "Wrongly accusing 1 of 100 outsiders, an attacker finds 6.5 of 100 training records (1.6 to 11; guessing "
        "finds 1)."
    )


def test_a_leak_that_only_the_auc_shows_is_told_in_pairs() -> None:
    words = in_plain_words(result_of(finding("loss", (0.01, 0.0, 0.02), (0.634, 0.594, 0.673))))
    assert (
        words == "From a pair, an attacker picks the training record in 63 of 100 tries (59 to 67; guessing is "
        "right in 50)."
    )


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("no_leak_found", "finds 1 of 100 training records (0 to 2; guessing finds 1). Chance alone can explain that"),
        ("references_unlike", "Chance alone can explain that."),
        ("weak_signs", "This is a sign of a leak, not a proof."),
        ("too_few_records", "With 100 training records and 100 outsiders, an attacker could pick"),
        ("distribution_shift", "differ even without the model"),
    ],
)
def test_other_verdicts_say_what_they_allow(level: Level, words: str) -> None:
    assert words in in_plain_words(result_of(finding("loss"), level=level))


def test_too_few_records_leave_open_what_the_widest_interval_reaches() -> None:
    wide = finding("lira", None, (0.55, 0.38, 0.72))
    assert "in 72 of 100 tries" in in_plain_words(result_of(finding("loss"), wide, level="too_few_records"))


def test_where_sides_differ_only_the_lead_is_told() -> None:
    beyond = {
        "loss": Beyond(auc=measured((0.3, 0.2, 0.4)), goes_beyond=False),
        "lira": Beyond(auc=measured((0.08, 0.05, 0.11)), goes_beyond=True),
    }
    controls = PASSED.model_copy(update={"blind": DIFFERENT, "beyond": beyond})
    words = in_plain_words(result_of(finding("loss"), finding("lira", (0.9, 0.8, 1.0)), controls=controls))
    assert "in 8 more of 100 tries than without asking (5 to 11)" in words


def test_nothing_measured_is_nothing_told() -> None:
    assert in_plain_words(result_of()) == ""
    assert in_plain_words(result_of(finding("loss"), level="invalid")) == ""


@pytest.mark.parametrize(
    ("level", "rate", "name"),
    [
        ("leaks", (0.06, 0.04, 0.09), "Moderate leak"),
        ("leaks", (0.06, 0.02, 0.5), "Leak of unclear size: slight to severe"),
        ("no_leak_found", (0.01, 0.0, 0.02), "No leak proven; at most slight for the attacks tried"),
        (
            "no_leak_found",
            (0.0, 0.0, 0.009),
            "No leak proven; at most slight for the attacks tried",
        ),  # the AUC reaches to 0.52
    ],
)
def test_the_name_of_a_grade(level: Level, rate: tuple[float, float, float], name: str) -> None:
    grade = result_of(finding("loss", rate), level=level).grade
    assert grade is not None
    assert grade_name(grade) == name


def test_an_audit_without_a_grade_says_why() -> None:
    for level, words in NO_GRADE.items():
        assert not_graded(result_of(finding("loss"), level=level)) == words
    assert "no intervals" in not_graded(result_of())


def test_whether_the_sentence_gives_a_rate_is_known() -> None:
    rate, pairs = finding("loss", (0.06, 0.04, 0.09)), finding("loss", None, (0.634, 0.594, 0.673))
    differ = PASSED.model_copy(update={"same_distribution": measured((0.7, 0.6, 0.8))})
    results = [
        result_of(rate),
        result_of(rate, level="weak_signs"),
        result_of(pairs),
        result_of(rate, level="too_few_records"),
        result_of(rate, level="invalid"),
        result_of(rate, controls=differ),
        result_of(),
    ]
    assert [is_by_rate(result) for result in results] == [True, True, False, False, False, False, False]
    assert [in_plain_words(result).startswith("Wrongly accusing 1 of 100") for result in results] == [
        is_by_rate(result) for result in results
    ]
