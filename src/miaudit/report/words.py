"""What the report says in plain words: levels of the verdict, the controls, the glossary."""

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
    "references_unlike": "No leak found, but references differ from the target",
    "invalid": "Not valid: do not use these numbers",
}

GLOSSARY = {
    "Member, non-member": "A record inside, or outside, the training set of the model under audit.",
    "Membership inference": (
        "Telling members from non-members by asking the model about a record. It harms people where being in the "
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
        "The mean of the shares of members and non-members judged rightly, at the best cut. 0.5 is guessing."
    ),
    "TPR at an FPR": (
        "The true positive rate, the share of all members that are found, while the false positive rate, the share "
        "of non-members wrongly called members, stays at or below a limit. At a limit of 0.1\u00a0% the attacker "
        "hardly ever accuses wrongly: what they find, they know. Guessing finds as many members as the limit says."
    ),
    "Precision, recall": (
        "Of all records called members, the share that are. Of all members, the share that are called so."
    ),
    "Epsilon (ε)": (
        "The strength of a differential-privacy guarantee; 0 is perfect privacy. An audit can only bound it from "
        "below: ε ≥ 2 says that no guarantee stronger than 2 can hold for this training. A bound of 0 proves nothing. "
        "The bounds in the tables hold at 95\u00a0% confidence for each attack alone. The verdict's bound is no higher "
        "than the highest of them, since it holds for all attacks together."
    ),
    "95 % interval": (
        "Made so that in 95 of 100 repetitions it holds the true value. Where two intervals overlap, neither attack "
        "is shown to be the better one."
    ),
    "Shadow model, reference model": (
        "Models that the attacker trains: shadows imitate the target so that attacks can learn on them, references "
        "tell how hard a record is for a model that did not see it."
    ),
    "KL divergence": (
        "How far the density of the members' losses lies from that of the non-members, in nats. It is 0 where the two "
        "are the same."
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
    disowns: bool  # does it take the ground from under the verdict?
    subject: str = "Attack"  # what a row is about


def control_blocks(controls: Controls) -> tuple[Control, ...]:
    """Every control that was run: what it means, and what came of it."""
    null = _control(
        title="Null control",
        meaning=(
            "Half of the non-members, drawn at random, are called members, and every attack's scores are measured "
            "against that. There is nothing to find, so no attack may win: its interval must hold 0.5."
        ),
        measured=controls.null,
        passed=controls.null_passed,
        statements=(
            "Passed: no attack wins where there is nothing to win.",
            "Not passed: an attack wins where there is nothing to win. The numbers on this page cannot be trusted; "
            "a high one may be an artefact of the audit.",
        ),
        disowns=True,
    )
    positive = _control(
        title="Positive control",
        meaning=(
            "Models that leak by construction are attacked in the same way. There is much to find, so every attack "
            "that can work on such outputs wins: its interval lies above 0.5."
        ),
        measured=controls.positive,
        passed=controls.positive_passed,
        statements=(
            "Passed: every attack finds a leak that is there.",
            "Not passed by every attack: those that hold 0.5 or fall below it are blind on this model's outputs. A "
            "low number of theirs does not mean that the model keeps its secrets.",
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
            "Reference models that saw neither members nor non-members are asked how well they know them. They should "
            "know both alike: the interval must hold 0.5."
        ),
        measured={"reference models": {"auc": shift}},
        passed=_reading(shift) in ("holds 0.5", ""),
        statements=(
            "Passed: members and non-members are equally hard for models that saw neither.",
            "Not passed: members and non-members differ in themselves. What the attacks find may be that difference "
            "and not a leak.",
        ),
    )


def _alike(likeness: Likeness) -> Control:
    """Target and reference models, number by number."""
    statements = {
        "alike": "Passed: the target lies where a further reference model would lie.",
        "unlike": "Not passed: the reference models do not resemble the target. Attacks that compare with them may "
        "have missed a leak, or part of it.",
        "unknown": "It cannot be told: there are too few models, or too few records, to compare.",
    }
    rows = []
    for name, compared in likeness.measured.items():
        target, references, low, high = values_text(name, compared)
        cells = tuple(Cell(text, "", "", "") for text in (target, references, f"{low} to {high}" if low else "-"))
        rows.append(ControlRow(MEASURES[name].capitalize(), cells, None, "within" if compared.alike else "outside"))
    return Control(
        title="Reference models resemble the target",
        meaning=(
            "Reference models should know their own training records, and others, as well as the target does. Where "
            "they do not, they were trained in another way, on another number of records, or on other data."
        ),
        state={"alike": "passed", "unlike": "failed", "unknown": "not_run"}[likeness.state],
        statement=statements[likeness.state],
        measures=("Target", "Reference models", "One like them"),
        rows=tuple(rows),
        disowns=False,
        subject="Measure",
    )


def _blind(blind: BlindBaseline) -> Control:
    """The blind attacker, and below them the columns that differ."""
    seen = "the records and their labels" if blind.saw == "records" else "the labels; the records were not at hand"
    control = _control(
        title="Blind baseline",
        meaning=(
            f"An attacker who never asks the model, and sees only {seen}, should do no better than guessing. What they "
            f"find is a difference between members and non-members, not a leak. Columns compared: {blind.columns:,}; "
            "those that differ beyond chance stand below, the widest difference first."
        ),
        measured={"blind attacker": {"auc": blind.auc}},
        passed=not blind.wins,
        statements=(
            "Passed: no difference between members and non-members shows.",
            "Not passed: members and non-members differ in themselves. Only what goes beyond that is called a leak.",
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
    unknown = "Not run: nothing here checks the audit itself. Read the numbers with that in mind."
    statement = {"not_run": unknown, "passed": statements[0], "failed": statements[1]}[state]
    headings = tuple(_heading(name, measured) for name in measures)
    return Control(title, meaning, state, statement, headings, rows, disowns and state == "failed")


def _heading(measure: str, measured: dict[str, dict[str, Quantity]]) -> str:
    """The measure, and its confidence: controls are widened for the number of attacks."""
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
    return "below 0.5" if auc.high < 0.5 else "holds 0.5"


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
