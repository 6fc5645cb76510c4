from decisions.graded_worlds import PASSED, finding, result_of
from miaudit.attacks.base import MEANS
from miaudit.auditing.result import AuditResult, Likeness
from miaudit.decisions.ladder import NO_MODELS, NOT_CHOSEN, ladder


def with_means(result: AuditResult, means: dict[str, str | None]) -> AuditResult:
    attacks = {name: attack.model_copy(update={"means": means[name]}) for name, attack in result.attacks.items()}
    return result.model_copy(update={"attacks": attacks})


def test_each_rung_has_its_best_attack() -> None:
    found = (
        finding("loss", (0.05, 0.01, 0.1)),
        finding("gap", (0.03, 0.02, 0.04)),  # a lower rate, but a higher lower end
        finding("lira", (0.2, 0.15, 0.25)),
    )
    result = with_means(result_of(*found), {"loss": "queries", "gap": "queries", "lira": "references"})
    queries, records, references, shadows = ladder(result)
    assert [rung.means for rung in (queries, records, references, shadows)] == list(MEANS)
    assert (queries.attack, queries.tried) == ("gap", 2)
    assert (queries.rival, references.rival) == (("loss", 0.05), None)
    assert references.rate is not None
    assert (references.attack, references.rate.value) == ("lira", 0.2)
    assert (records.tried, records.why, shadows.why) == (0, NOT_CHOSEN, NOT_CHOSEN)


def test_a_rung_whose_attacks_were_skipped_says_why() -> None:
    result = result_of(
        finding("loss"),
        skipped={"rmia": "needs a population", "lira": "needs 1", "bavaria": "needs 1", "kde": "needs known records"},
        skipped_means={"rmia": "references", "lira": "references", "bavaria": "references", "kde": "records"},
    )
    result = with_means(result, {"loss": "queries"})
    assert [rung.why for rung in ladder(result)] == ["", "needs known records", NO_MODELS, NOT_CHOSEN]
    with_models = PASSED.model_copy(update={"likeness": Likeness(state="alike", models=4, measured={})})
    _, records, references, shadows = ladder(result.model_copy(update={"controls": with_models}))
    assert (records.why, references.why, shadows.why) == ("needs known records", "needs 1", NOT_CHOSEN)


def test_without_rates_the_auc_chooses() -> None:
    found = finding("a", None, (0.6, 0.5, 0.7)), finding("b", None, (0.58, 0.55, 0.61))
    first = ladder(with_means(result_of(*found), {"a": "queries", "b": "queries"}))[0]
    assert first.attack == "b"
    assert first.auc is not None
    assert first.auc.low == 0.55


def test_a_rival_found_strictly_more_of_the_measure_that_is_shown() -> None:
    means: dict[str, str | None] = {"a": "queries", "b": "queries"}
    same_rate = finding("a", (0.05, 0.02, 0.1), (0.6, 0.5, 0.7)), finding("b", (0.05, 0.01, 0.1), (0.9, 0.8, 0.95))
    assert ladder(with_means(result_of(*same_rate), means))[0].rival is None
    no_rates = finding("a", None, (0.58, 0.55, 0.61)), finding("b", None, (0.6, 0.5, 0.7))
    assert ladder(with_means(result_of(*no_rates), means))[0].rival == ("b", 0.6)
    same_auc = finding("a", None, (0.6, 0.55, 0.61)), finding("b", None, (0.6, 0.5, 0.7))
    assert ladder(with_means(result_of(*same_auc), means))[0].rival is None


def test_a_result_of_an_earlier_version_has_no_ladder() -> None:
    assert ladder(with_means(result_of(finding("loss")), {"loss": None})) == ()
