"""Says in plain words what changed from one audit to another, and what limits that answer."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from miaudit import presenter
from miaudit.auditing.result import Level
from miaudit.decisions.comparison import ChangedRecords, Difference, Leaks, Matching
from miaudit.decisions.matching import Pair
from miaudit.decisions.saved import SavedAudit
from miaudit.presenter import limit, minus

CAUTIONS: dict[Level, str] = {
    "distribution_shift": "members and non-members differ by themselves, which alone is not a leak, in",
    "references_unlike": "the reference models do not resemble the target in",
    "too_few_records": "too few records were judged in",
    "invalid": "a control failed in",
}


class Words(NamedTuple):
    """The answer, the change that it rests on, and further sentences."""

    headline: str
    detail: str
    sentences: tuple[str, ...]


def leaks(differences: Sequence[Difference]) -> Leaks:
    """Whether the second target leaks less or more than the first, by the tests of leakage that show a difference."""
    shown = {each.direction for each in differences if each.of_leakage} - {"unclear"}
    if not shown:
        return "unclear"
    return "mixed" if len(shown) == 2 else "less" if shown == {"lower"} else "more"


def words_of(
    pair: Pair, differences: Sequence[Difference], matching: Matching, changed: Sequence[ChangedRecords]
) -> Words:
    """The answer about two audits.

    Args:
        pair: the audits.
        differences: all tests between them, the strongest attacks first.
        matching: the records in common.
        changed: the members that became exposed or safe.
    """
    of_leakage = [each for each in differences if each.of_leakage]
    lead = next((each for each in of_leakage if each.direction != "unclear"), of_leakage[0])
    sentences = [
        *_count(pair, of_leakage),
        *(_accuracy(each) for each in differences if not each.of_leakage and each.change.value is not None),
        *_records(pair, lead, changed),
        _matched(pair, matching),
        *_cautions(pair),
    ]
    return Words(_headline(pair, leaks(differences)), f"{title(lead)} {in_words(lead)}", tuple(sentences))


def title(each: Difference) -> str:
    """What is compared, in words: "AUC of lira", "TPR at 1 % FPR of lira", "Test accuracy"."""
    if each.attack is None:
        return measure(each)
    whose = f"the strongest attack ({attacks(each)})" if each.of_strongest else attacks(each)
    return f"{measure(each)} of {whose}"


def attacks(each: Difference) -> str:
    """The attack, or the strongest attack of either audit: "lira", "ldc → lira"; empty for accuracies."""
    if each.attack is None:
        return ""
    return f"{each.attack} → {each.attack_after}" if each.of_strongest else each.attack


def measure(each: Difference) -> str:
    """The measure without the attack: "AUC", "TPR at 1 % FPR", "Test accuracy"."""
    if each.attack is None:
        return "Training accuracy" if each.measure == "train_accuracy" else "Test accuracy"
    return "AUC" if each.fpr is None else f"TPR at {limit(each.fpr)} FPR"


def values(each: Difference) -> tuple[str, str]:
    """The number before and after, in print."""
    form = presenter.number if each.measure == "auc" else presenter.share
    return form(each.before), form(each.after)


def change(each: Difference) -> presenter.Printed:
    """The change with the ends of its interval; of rates and accuracies in percentage points."""
    points = each.measure != "auc"

    def form(value: float | None) -> str:
        if value is None:
            return ""
        return minus(f"{100 * value:+.1f}" if points else f"{value:+.3f}")

    found = each.change
    if found.value is None:
        return presenter.Printed(note=found.note)
    detail = f"{presenter.confidence(found.confidence)} interval, n = {presenter.count(found.n)}"
    return presenter.Printed(form(found.value), form(found.low), form(found.high), "", detail)


def in_words(each: Difference) -> str:
    """The change in one clause: "0.612 → 0.551, difference −0.061 (−0.080 to −0.042)"."""
    before, after = values(each)
    printed = change(each)
    unit = "" if each.measure == "auc" else " points"
    return f"{before} → {after}, difference {printed.value}{unit} ({printed.low} to {printed.high})"


def _headline(pair: Pair, answer: Leaks) -> str:
    first, second = pair.first.name, pair.second.name
    if answer == "mixed":
        return f"{second} leaks less than {first} by some measures, and more by others"
    if answer == "unclear":
        return f"No difference in leakage is shown between {first} and {second}"
    return f"{second} leaks {answer} than {first}"


def _count(pair: Pair, of_leakage: Sequence[Difference]) -> Iterator[str]:
    tested = [each for each in of_leakage if each.change.value is not None]
    lower, higher = (sum(each.direction == way for each in tested) for way in ("lower", "higher"))
    yield (
        f"Of {len(tested)} measures of leakage, {_number(lower)} lower in {pair.second.name}, {_number(higher)} "
        f"higher, and {_number(len(tested) - lower - higher)} not shown to differ."
    )


def _number(number: int) -> str:
    return f"{presenter.count(number) if number else 'none'} {_are(number or 1)}"


def _accuracy(each: Difference) -> str:
    words = {"lower": "falls", "higher": "rises", "unclear": "shows no clear change"}
    return f"{title(each)} {words[each.direction]}: {in_words(each)}."


def _records(pair: Pair, lead: Difference, changed: Sequence[ChangedRecords]) -> Iterator[str]:
    """The members that changed sides by the attack of the headline, or else by the first attack that has cuts."""
    if not changed:
        return
    each = next((each for each in changed if each.attack == lead.attack_after), changed[0])
    if each.exposed is None or each.safe is None:
        return
    yield (
        f"At the cuts of {each.attack}, of {presenter.count(each.members)} members in both audits, "
        f"{presenter.count(each.exposed)} {'was' if each.exposed == 1 else 'were'} exposed in {pair.second.name} only, "
        f"and {presenter.count(each.safe)} in {pair.first.name} only. Scores near a cut also change sides by chance."
    )


def _matched(pair: Pair, matching: Matching) -> str:
    first, second = pair.first.name, pair.second.name
    if matching.ignored:
        return "Records were not matched, as asked: the audits count as independent."
    if not matching.shared:
        return f"{first} and {second} have no record in common, by their ids: the audits count as independent."
    text = f"{presenter.count(matching.shared)} records were matched by their ids"
    rest = matching.only_first + matching.only_other
    text += f"; {presenter.count(rest)} {_are(rest)} in one audit only." if rest else "."
    if matching.differing:
        text += (
            f" {presenter.count(matching.differing)} of the matched records {_are(matching.differing)} members in one "
            "audit and non-members in the other, since the targets were trained on different records."
        )
    return text


def _cautions(pair: Pair) -> Iterator[str]:
    levels = {audit.name: audit.result.verdict.level for audit in (pair.first, pair.second)}
    found = [
        f"{text} {' and '.join(name for name in levels if levels[name] == level)}"
        for level, text in CAUTIONS.items()
        if level in levels.values()
    ]
    if found:
        yield f"Read the comparison with care: {'; '.join(found)}."
    one, other = (_models(audit) for audit in (pair.first, pair.second))
    if one != other:
        yield (
            f"The attacker has {_count_of(one)} in {pair.first.name} and {_count_of(other)} in {pair.second.name}: "
            "part of a difference may come from these, not from the target."
        )


def _models(audit: SavedAudit) -> int:
    return 0 if audit.result.references is None else audit.result.references.models


def _count_of(models: int) -> str:
    return f"{presenter.count(models)} auxiliary model{'' if models == 1 else 's'}" if models else "no auxiliary models"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
