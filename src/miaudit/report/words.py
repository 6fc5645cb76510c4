"""The report's fixed texts: levels of the verdict, the controls, the glossary."""

from calendar import month_name
from datetime import datetime
from typing import NamedTuple

from miaudit.auditing.references import MEASURES, values_text
from miaudit.auditing.result import BlindBaseline, Controls, Likeness
from miaudit.metrics.quantity import Quantity
from miaudit.report.tables import Bar, Cell, bar, confident, number

LEVELS = {
    "leaks": "Leaks",
    "distribution_shift": "Members and non-members differ",
    "weak_signs": "Weak signs",
    "no_leak_found": "No leak found",
    "too_few_records": "Too few records to tell",
    "references_unlike": "No leak found, but the reference models differ from the target",
    "invalid": "Not valid: do not use these numbers",
}

GLOSSARY = {
    "Member, non-member": "A record inside, or outside, the training set of the model under audit.",
    "Membership inference": (
        "Finding out, by asking the model about a record, whether it is a member. It harms people where being in the "
        "training set is itself a secret: the patients of one hospital, the customers of one bank."
    ),
    "Membership score": "An attack's number for a record. Higher always means more likely a member.",
    "Cut": "A record with a score above the cut is called a member. It is chosen without knowing the truth.",
    "ROC curve, AUC": (
        "The ROC curve shows, for every possible cut, how many members are found against how many non-members are "
        "wrongly accused. AUC is the area under it: the chance that a random member outranks a random non-member. "
        "0.5 is guessing, 1 is certainty. It is an average: a model with an AUC near 0.5 may still expose a few "
        "records completely."
    ),
    "Balanced accuracy": (
        "The mean of two shares at the best cut: of members called so, and of non-members called so. 0.5 is guessing."
    ),
    "TPR at an FPR": (
        "The true positive rate, the share of all members that are found, while the false positive rate, the share "
        "of non-members wrongly called members, stays at or below a limit. At a limit of 0.1\u00a0% the attacker "
        "hardly ever accuses anyone wrongly and can be sure of those they find. Guessing finds as large a share of the "
        "members as the limit itself."
    ),
    "Precision, recall": (
        "Precision: of all records called members, the share that are members. Recall: of all members, the share that "
        "are called members."
    ),
    "Epsilon (ε)": (
        "The strength of a differential-privacy guarantee; 0 is perfect privacy. An audit can only bound it from "
        "below: ε ≥ 2 says that no guarantee stronger than 2 can hold for this training. A bound of 0 proves nothing. "
        "The bounds in the tables hold at 95\u00a0% confidence for each attack alone. The verdict's bound holds "
        "for all attacks together, so it is no higher than the highest of them."
    ),
    "95 % interval": (
        "Constructed to contain the true value in 95 of 100 repetitions of the audit. Where two intervals overlap, "
        "neither attack is shown to be better."
    ),
    "Shadow model, reference model": (
        "Models that the attacker trains. Shadow models imitate the target, so that attacks can learn from them. "
        "Reference models show how hard a record is for a model that did not see it."
    ),
    "KL divergence": (
        "How much the distribution of the members' losses differs from that of the non-members, in nats. 0 means that "
        "the two are the same."
    ),
}


class ControlRow(NamedTuple):
    """One attack in a control."""

    name: str
    cells: tuple[Cell, ...]
    bar: Bar | None
    reading: str


class Control(NamedTuple):
    """A check of the audit itself, in words."""

    title: str
    meaning: str
    state: str  # passed, failed, not_run
    statement: str
    measures: tuple[str, ...]
    rows: tuple[ControlRow, ...]
    disowns: bool  # has it failed in a way that makes the numbers void?
    subject: str = "Attack"  # what a row is about


def control_blocks(controls: Controls) -> tuple[Control, ...]:
    """Every control of the audit, with its meaning and its outcome."""
    null = _control(
        title="Null control",
        meaning=(
            "Half of the non-members, drawn at random, are labelled as members, and every attack's scores are measured "
            "against these labels. There is nothing to find, so the interval of every attack must contain 0.5."
        ),
        measured=controls.null,
        passed=controls.null_passed,
        statements=(
            "Passed: no attack finds anything where there is nothing to find.",
            "Not passed: an attack finds something where there is nothing to find. The numbers on this page cannot be "
            "trusted; a high one may be an artefact of the audit.",
        ),
        disowns=True,
    )
    positive = _control(
        title="Positive control",
        meaning=(
            "Models that leak by construction are attacked in the same way. There is much to find, so the interval of "
            "every attack that can work on such outputs lies above 0.5."
        ),
        measured=controls.positive,
        passed=controls.positive_passed,
        statements=(
            "Passed: every attack finds a leak that is there.",
            "Not passed by every attack. Attacks with an interval that contains 0.5, or lies below it, are blind on "
            "this model's outputs: their low numbers do not show that the model is safe.",
        ),
        disowns=all(controls.is_blind(name) for name in controls.positive),
    )
    blind = () if controls.blind is None else (_blind(controls.blind),)
    same = () if controls.same_distribution is None else (_same(controls.same_distribution),)
    alike = () if controls.likeness is None else (_alike(controls.likeness),)
    return (null, positive, *blind, *same, *alike)


def _same(shift: Quantity) -> Control:
    return _control(
        title="Same distribution",
        meaning=(
            "Reference models that saw neither members nor non-members in training should find both equally hard: the "
            "interval must contain 0.5."
        ),
        measured={"reference models": {"auc": shift}},
        passed=_reading(shift) in ("contains 0.5", ""),
        statements=(
            "Passed: members and non-members are equally hard for models that saw neither.",
            "Not passed: members and non-members differ, even for models that saw neither. What the attacks find may "
            "be that difference and not a leak.",
        ),
    )


def _alike(likeness: Likeness) -> Control:
    """Compares the target with the reference models, one measure a row."""
    statements = {
        "alike": "Passed: the target is within the range expected of one more reference model.",
        "unlike": "Not passed: the reference models do not resemble the target. Attacks that rely on them may "
        "have missed a leak, or part of it.",
        "unknown": "Unknown: there are too few models or records to compare.",
    }
    rows = []
    for name, compared in likeness.measured.items():
        target, references, low, high = values_text(name, compared)
        cells = tuple(Cell(text, "", "", "") for text in (target, references, f"{low} to {high}" if low else "-"))
        rows.append(ControlRow(MEASURES[name].capitalize(), cells, None, "within" if compared.alike else "outside"))
    return Control(
        title="Reference models resemble the target",
        meaning=(
            "Reference models should do as well as the target, both on their own training records and on others. If "
            "they do not, they were trained in another way, on another number of records, or on other data."
        ),
        state={"alike": "passed", "unlike": "failed", "unknown": "not_run"}[likeness.state],
        statement=statements[likeness.state],
        measures=("Target", "Reference models", "Expected range"),
        rows=tuple(rows),
        disowns=False,
        subject="Measure",
    )


def _blind(blind: BlindBaseline) -> Control:
    """The blind attacker in the first row, and the columns that differ in the rows below."""
    seen = "the records and their labels" if blind.saw == "records" else "the labels (the records were not available)"
    control = _control(
        title="Blind baseline",
        meaning=(
            f"An attacker who never asks the model and sees only {seen} should do no better than guessing. Whatever "
            "they find is a difference between members and non-members, not a leak. Columns compared: "
            f"{blind.columns:,}. Those that differ beyond chance are listed below, the largest difference first."
        ),
        measured={"blind attacker": {"auc": blind.auc}},
        passed=not blind.wins,
        statements=(
            "Passed: no difference between members and non-members was found.",
            "Not passed: members and non-members differ. Only what attacks find beyond that difference counts as a "
            "leak.",
        ),
    )
    columns = tuple(
        _row(column.name, {"auc": Quantity(value=column.auc, low=None, high=None, n=blind.auc.n)}, ("auc",))._replace(
            reading=f"differs, corrected p = {column.p:.1g}"
        )
        for column in blind.differ
    )
    return control._replace(rows=control.rows + columns)


def _control(
    title: str,
    meaning: str,
    measured: dict[str, dict[str, Quantity]],
    passed: bool,
    statements: tuple[str, str],
    disowns: bool = False,
) -> Control:
    measures = tuple(dict.fromkeys(measure for quantities in measured.values() for measure in quantities))
    rows = tuple(_row(name, quantities, measures) for name, quantities in measured.items())
    state = "not_run" if not rows else "passed" if passed else "failed"
    unknown = "Not run, so the audit was not checked in this way. Read the numbers with that in mind."
    statement = {"not_run": unknown, "passed": statements[0], "failed": statements[1]}[state]
    headings = tuple(_heading(name, measured) for name in measures)
    return Control(title, meaning, state, statement, headings, rows, disowns and state == "failed")


def _heading(measure: str, measured: dict[str, dict[str, Quantity]]) -> str:
    """The measure and its confidence. Intervals of controls are widened for the number of attacks."""
    confidence = next(quantities[measure].confidence for quantities in measured.values() if measure in quantities)
    return f"{measure_title(measure)}, {confident(confidence)} interval"


def _row(name: str, quantities: dict[str, Quantity], measures: tuple[str, ...]) -> ControlRow:
    absent = Cell("", "", "not measured", "")
    cells = tuple(number(quantities[key]) if key in quantities else absent for key in measures)
    auc = quantities.get("auc")
    return ControlRow(name, cells, None if auc is None else bar(auc), "" if auc is None else _reading(auc))


def _reading(auc: Quantity) -> str:
    if auc.low is None or auc.high is None:
        return ""
    if auc.low > 0.5:
        return "above 0.5"
    return "below 0.5" if auc.high < 0.5 else "contains 0.5"


def measure_title(measure: str) -> str:
    """A result's key as a column's head.

    >>> measure_title("balanced_accuracy")
    'Balanced accuracy'
    """
    return "AUC" if measure == "auc" else measure.replace("_", " ").capitalize()


def day(moment: str) -> str:
    """The date of an ISO 8601 moment as people write it.

    >>> day("2025-03-09T21:05:00+00:00")
    '9 March 2025'
    """
    date = datetime.fromisoformat(moment)
    return f"{date.day} {month_name[date.month]} {date.year}"


def duration(seconds: float) -> str:
    """Seconds in words.

    >>> duration(0.1234), duration(83)
    ('0.12 s', '1 min 23 s')
    """
    if seconds < 60:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
