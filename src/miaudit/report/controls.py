"""Describes the controls of an audit: what each one means, and how it came out."""

from typing import Literal, NamedTuple

from miaudit.auditing.references import MEASURES, values_text
from miaudit.auditing.result import BlindBaseline, Controls, Likeness
from miaudit.auditing.wording import in_pairs
from miaudit.metrics.quantity import Quantity
from miaudit.presenter import NOTHING, Printed, confidence, count, number, p_value, quantity
from miaudit.report.tables import Bar, bar

State = Literal["passed", "failed", "not_run", "unknown"]


class ControlRow(NamedTuple):
    """What a control measured of one attack, one measure or one column."""

    name: str
    cells: tuple[Printed, ...]
    bar: Bar | None
    reading: str


class Control(NamedTuple):
    """A check of the audit itself, in words."""

    title: str
    meaning: str
    state: State
    statement: str
    measures: tuple[str, ...]
    rows: tuple[ControlRow, ...]
    disowns: bool = False  # has it failed in a way that makes the numbers void?
    subject: str = "Attack"  # what a row is about
    has_bars: bool = True
    gist: str = ""  # what it checks, in a few plain words

    @property
    def key(self) -> str:
        """Its anchor in the page."""
        return self.title.lower().replace(" ", "-")


UNSEEN = "training records and outsiders look alike"  # to those who never ask the model


def control_blocks(controls: Controls) -> tuple[Control, ...]:
    """Every control of the audit, with its meaning and its outcome."""
    blind = () if controls.blind is None else (_blind(controls.blind),)
    same = () if controls.same_distribution is None else (_same(controls.same_distribution),)
    alike = () if controls.likeness is None else (_alike(controls.likeness),)
    return (_null(controls), _positive(controls), *((*blind, *same) or (_not_compared(),)), *alike)


def _null(controls: Controls) -> Control:
    found = _control(
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
    )
    return found._replace(disowns=found.state == "failed", gist="finds nothing where there is nothing")


def _positive(controls: Controls) -> Control:
    missed = [name for name in controls.positive if controls.missed(name)]
    are_blind = [name for name in missed if controls.is_blind(name)]
    outcome = (
        f"Not passed by {len(missed)} of {len(controls.positive)} attacks. An attack whose interval contains 0.5, or "
        "lies below it, is not shown to find a leak that is there."
    )
    if are_blind:
        outcome += (
            f" Blind on this model's outputs: {', '.join(are_blind)}. Their low numbers do not show that the model is "
            "safe."
        )
    if len(are_blind) < len(missed):
        outcome += " Where the interval also reaches well above 0.5, there are too few records to tell."
    found = _control(
        title="Positive control",
        meaning=(
            "Models that leak by construction are attacked in the same way. There is much to find, so the interval of "
            "every attack that can work on such outputs lies above 0.5."
        ),
        measured=controls.positive,
        passed=controls.positive_passed,
        statements=("Passed: every attack finds a leak that is there.", outcome),
    )
    by = f" ({len(controls.positive) - len(missed)} of {len(controls.positive)} attacks)" if missed else ""
    return found._replace(
        disowns=found.state == "failed" and len(are_blind) == len(controls.positive),
        gist=f"finds a built-in leak{by}",
    )


def _same(shift: Quantity) -> Control:
    return _control(
        title="Same distribution",
        meaning=(
            "Each record is given only to those reference models that were not trained on it. They should find members "
            "and non-members equally hard: the interval must contain 0.5."
        ),
        measured={"reference models": {"auc": shift}},
        passed=_reading(shift) in ("contains 0.5", ""),
        statements=(
            "Passed: no difference was found in how hard members and non-members are for models that were not trained "
            "on them.",
            "Not passed: members and non-members differ even for models that were not trained on them. What the "
            "attacks find may be that difference and not a leak.",
        ),
    )._replace(subject="Models", gist="both are equally hard to predict")


def _alike(likeness: Likeness) -> Control:
    """The comparison of the target with the reference models, one measure per row."""
    statements = {
        "alike": "Passed: the target is within the range expected of one more reference model.",
        "unlike": "Not passed: the reference models do not resemble the target. Attacks that rely on them may "
        "have missed a leak, or part of it.",
        "unknown": "Unknown: there are too few models or records to compare.",
    }
    states: dict[str, State] = {"alike": "passed", "unlike": "failed", "unknown": "unknown"}
    rows = []
    for name, compared in likeness.measured.items():
        target, references, low, high = values_text(name, compared)
        cells = tuple(Printed(text) for text in (target, references, f"{low} to {high}" if low else NOTHING))
        rows.append(ControlRow(MEASURES[name].capitalize(), cells, None, "within" if compared.alike else "outside"))
    return Control(
        title="Reference models resemble the target",
        meaning=(
            "Reference models should do as well as the target, both on their own training records and on others. If "
            "they do not, they were trained in another way, on another number of records, or on other data."
        ),
        state=states[likeness.state],
        statement=statements[likeness.state],
        measures=("Target", "Reference models", "Expected range"),
        rows=tuple(rows),
        subject="Measure",
        has_bars=False,
    )


def _blind(blind: BlindBaseline) -> Control:
    """The blind baseline: the blind attacker in the first row, and below it the columns that differ."""
    seen = "the records and their labels" if blind.saw == "records" else "the labels (the records were not available)"
    listed = (
        " The columns that differ beyond chance are listed below, the largest difference first. A pair is one member "
        "and one non-member; equal values count half. A label is a column with 1 for the records that have it, and 0 "
        "for the others."
        if blind.differ
        else ""
    )
    control = _control(
        title="Blind baseline",
        meaning=(
            f"An attacker who never asks the model and sees only {seen} should do no better than guessing. Whatever "
            "they find is a difference between members and non-members, not a leak. Columns compared: "
            f"{count(blind.columns)}.{listed}"
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
        ControlRow(
            name=column.name,
            cells=(Printed(number(column.auc)),),
            bar=bar(Quantity(value=column.auc, low=None, high=None, n=blind.auc.n)),
            reading=f"{in_pairs(column.auc)} (corrected {p_value(column.p)})",
        )
        for column in blind.differ
    )
    return control._replace(rows=control.rows + columns, subject="Attacker, columns", gist=UNSEEN)


def _not_compared() -> Control:
    """The blind baseline where nothing compared members with non-members."""
    return _control(
        title="Blind baseline",
        meaning="An attacker who never asks the model should do no better than guessing.",
        measured={},
        passed=False,
        statements=("", ""),
    )._replace(gist=UNSEEN)


def _control(
    title: str,
    meaning: str,
    measured: dict[str, dict[str, Quantity]],
    passed: bool,
    statements: tuple[str, str],
) -> Control:
    measures = tuple(dict.fromkeys(measure for quantities in measured.values() for measure in quantities))
    rows = tuple(_row(name, quantities, measures) for name, quantities in measured.items())
    state: State = "not_run" if not rows else "passed" if passed else "failed"
    unknown = "Not run, so the audit was not checked in this way. Read the numbers with that in mind."
    statement = {"not_run": unknown, "passed": statements[0], "failed": statements[1]}[state]
    return Control(title, meaning, state, statement, tuple(_heading(name, measured) for name in measures), rows)


def _heading(measure: str, measured: dict[str, dict[str, Quantity]]) -> str:
    """The measure and its confidence. Intervals of controls are widened for the number of attacks."""
    level = next(quantities[measure].confidence for quantities in measured.values() if measure in quantities)
    return f"{measure_title(measure)}, {confidence(level)} interval"


def _row(name: str, quantities: dict[str, Quantity], measures: tuple[str, ...]) -> ControlRow:
    cells = tuple(quantity(quantities[key]) if key in quantities else Printed(note="not measured") for key in measures)
    auc = quantities.get("auc")
    return ControlRow(name, cells, None if auc is None else bar(auc), "" if auc is None else _reading(auc))


def _reading(auc: Quantity) -> str:
    if auc.low is None or auc.high is None:
        return ""
    if auc.low > 0.5:
        return "above 0.5"
    return "below 0.5" if auc.high < 0.5 else "contains 0.5"


def measure_title(measure: str) -> str:
    """A result's key as the head of a column.

    >>> measure_title("balanced_accuracy")
    'Balanced accuracy'
    """
    return "AUC" if measure == "auc" else measure.replace("_", " ").capitalize()
