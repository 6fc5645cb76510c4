"""The first screen of the page: how much leaks, which records, to whom, how sure that is, and what to do next."""

from typing import NamedTuple

from miaudit.auditing.grading import LIMITS, graded
from miaudit.auditing.result import AuditResult, Bound, Grade
from miaudit.auditing.result.grade import STEPS
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.decisions.ladder import Rung, ladder
from miaudit.decisions.naming import NamedNow, named_now
from miaudit.decisions.next_steps import next_steps
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.plain import STEP_NAMES, grade_name, in_plain_words, is_by_rate, not_graded, of_hundred
from miaudit.decisions.step import NextStep
from miaudit.metrics.quantity import Quantity
from miaudit.report.tables import Bar, bar
from miaudit.report.words import MEANS_IN_WORDS

CUT = "This is at the 1 % cut, which is read off with the truth; no attacker has it."
CLEAREST = 0.05  # what the bars of the ladder span at least


class ScaleStep(NamedTuple):
    """One step of the grade's scale."""

    name: str
    reached: bool  # does the grade reach from, to or over it?


class Graded(NamedTuple):
    """The grade in words, and what it rests on."""

    name: str
    steps: tuple[ScaleStep, ...]
    limits: tuple[str, ...]  # of 100, between the steps; none where the two ends rest on different measures
    rests_on: str  # why there is none, where there is no grade
    lowest: str  # the lowest step that the grade reaches, as a class of the style sheet; empty where there is none


class LadderRow(NamedTuple):
    """What the best attack of a rung finds."""

    title: str
    gloss: str
    attack: str  # empty where none was tried
    found: str
    interval: str
    bar: Bar | None
    why: str  # why none was tried
    rival: str  # an attack of the same kind that found more, but less surely; empty where there is none


class Scale(NamedTuple):
    """What the bars of the ladder span, as numbers of 100."""

    guess: str
    at: float  # where guessing stands, in per cent of the width
    top: str


class Ladder(NamedTuple):
    """The attacker ladder as a table."""

    measure: str  # what the numbers are
    scale: Scale
    rows: tuple[LadderRow, ...]


class Answer(NamedTuple):
    """Everything on the first screen."""

    graded: Graded
    sentence: str
    cut: str  # how the cut behind a rate in the sentence was found; empty where it gives none
    named: NamedNow | None
    named_precision: str  # how sure it is that the named are members
    ladder: Ladder | None
    not_tried: int  # number of attacks
    next_steps: tuple[NextStep, ...]


def answer(result: AuditResult, records: ScoredRecords, decision: GateResult | None = None) -> Answer:
    """Put together the first screen.

    Args:
        result: the result of the audit.
        records: its records with their scores; there may be none.
        decision: what a policy says of the audit, which the next steps heed; None where none was applied.
    """
    named = named_now(result, records)
    grade = result.grade or graded(result.verdict.level, result.findings, result.controls)
    result = result.model_copy(update={"grade": grade})
    return Answer(
        graded=_graded(result, grade),
        sentence=in_plain_words(result),
        cut=CUT if is_by_rate(result) else "",
        named=named,
        named_precision="" if named is None else _sure(named.precision, float(records.member.mean())),
        ladder=None if result.verdict.level == "invalid" else _ladder(ladder(result), result.controls.sides_differ),
        not_tried=len(result.skipped),
        next_steps=next_steps(result, decision),
    )


def _graded(result: AuditResult, grade: Grade | None) -> Graded:
    if grade is None:
        steps = tuple(ScaleStep(STEP_NAMES[step], False) for step in STEPS)
        return Graded("No grade", steps, (), not_graded(result), "")
    low, high = (STEPS.index(bound.step) for bound in (grade.lower, grade.upper))
    steps = tuple(ScaleStep(STEP_NAMES[step], low <= place <= high) for place, step in enumerate(STEPS))
    least = "No leak is proven" if grade.lower.step == "none_found" else f"At least {_end(grade.lower)}"
    rests_on = f"{least}; for the attacks tried, at most {_end(grade.upper)}."
    return Graded(grade_name(grade), steps, _limits(grade), rests_on, f"from-{grade.lower.step}")


def _limits(grade: Grade) -> tuple[str, ...]:
    """The numbers that part the steps, the last one with its unit."""
    if grade.lower.measure != grade.upper.measure:
        return ()
    *first, last = (of_hundred(limit) for limit in LIMITS[grade.lower.measure])
    return (*first, f"{last} of 100")


def _end(bound: Bound) -> str:
    """One end of the grade with its number."""
    counted = "training records found" if bound.measure == "tpr" else "pairs told apart"
    return f"{STEP_NAMES[bound.step].lower()}: {of_hundred(bound.value)} of 100 {counted} ({bound.attack})"


def _sure(precision: Quantity, members: float) -> str:
    """The interval of a precision in words, with the share of members among the audited, on which it depends."""
    low, high = (of_hundred(end or 0.0) for end in (precision.low, precision.high))
    share = of_hundred(members)
    candidates = "half of the candidates" if share == "50" else f"{share} of 100 candidates"
    return f"of 100 such claims, {low} to {high} are right where {candidates} are members, as here"


def _ladder(rungs: tuple[Rung, ...], differ: bool) -> Ladder | None:
    """The rungs as rows: by rates where any was measured, else by AUCs. Do members and non-members `differ`?"""
    if not rungs:
        return None
    by_rate = any(rung.rate is not None and rung.rate.value is not None for rung in rungs)
    numbers = [rung.rate if by_rate else rung.auc for rung in rungs]
    top = max([CLEAREST, *(number.high for number in numbers if number is not None and number.high is not None)])
    scale, guess = ((0.0, top), 0.01) if by_rate else ((0.4, 1.0), 0.5)
    measure = "training records found of 100 at the 1 % cut" if by_rate else "pairs told apart of 100"
    measure += "; how training records and outsiders differ is part of it" if differ else ""
    rows = tuple(_row(rung, number, scale, guess) for rung, number in zip(rungs, numbers, strict=True))
    ends = Scale(of_hundred(guess), round(100 * (guess - scale[0]) / (scale[1] - scale[0]), 1), of_hundred(scale[1]))
    return Ladder(measure, ends, rows)


def _row(rung: Rung, number: Quantity | None, scale: tuple[float, float], guess: float) -> LadderRow:
    title, gloss = MEANS_IN_WORDS[rung.means]
    if number is None or number.value is None:
        why = rung.why or ("" if number is None else number.note) or "not measured"
        return LadderRow(title, gloss, rung.attack, "", "", None, why, "")
    low, high = (of_hundred(end or 0.0) for end in (number.low, number.high))
    rival = "" if rung.rival is None else f"{rung.rival.attack} {of_hundred(rung.rival.value)}"
    return LadderRow(
        title, gloss, rung.attack, of_hundred(number.value), f"{low} to {high}", bar(number, scale, guess), "", rival
    )
