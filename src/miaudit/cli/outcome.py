"""Prints what an audit found: the answer first, then the numbers, and last what to do next."""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

import numpy as np

from miaudit.auditing.files import REPORT
from miaudit.auditing.references import MEASURES, compared_text
from miaudit.auditing.remarks import remarks
from miaudit.auditing.result import AuditResult
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.cli.attack_table import attack_table, notes
from miaudit.cli.console import PlainConsole
from miaudit.cli.drawn_roc import drawn_roc
from miaudit.cli.grouped import show_groups
from miaudit.decisions.naming import NamedNow
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.ready_gate import ready_gate
from miaudit.decisions.saved import SavedAudit
from miaudit.decisions.step import NextStep
from miaudit.presenter import count
from miaudit.report.answer import Answer, answer
from miaudit.report.controls import Control, control_blocks
from miaudit.report.tables import by_strength
from miaudit.report.words import STATES

FEW = 8  # ids of named records that are shown


def show_outcome(audit: SavedAudit, folder: Path, console: PlainConsole, decision: GateResult | None = None) -> None:
    """Print the audit that lies in this folder; what does not fit the width of the console is left out.

    Args:
        audit: the audit.
        folder: where it lies.
        console: where it is printed.
        decision: what a gate decided on it; None if none did, so that next steps heed the policy that pages apply.
    """
    result = audit.result
    records = ScoredRecords.from_table(audit.scores, tuple(result.attacks))
    found = answer(result, records, ready_gate(audit) if decision is None else decision)
    for sentence in _answer(result, found):
        console.print(sentence)
    if result.attacks:
        console.print()
        console.print(attack_table(result, console.width))
        for sentence in notes(result):
            console.print(sentence)
    show_groups(result, console)
    for line in _roc(result, records):
        console.print(line, soft_wrap=True)
    console.print()
    for sentence in (
        *_named(found.named, records),
        _checks(control_blocks(result.controls)),
        *_unlike(result),
        *remarks(result),
    ):
        console.print(sentence)
    console.print()
    for line in (*_advice(found.next_steps), *_commands(found.named, records, folder)):
        console.print(line, soft_wrap=line.startswith(" "))
    console.print(f"Report: {(folder / REPORT).resolve()}", soft_wrap=True)


def _answer(result: AuditResult, found: Answer) -> Iterator[str]:
    """The verdict, the grade with a sentence in plain words, and what the verdict rests on."""
    yield result.verdict.headline
    grade = found.graded.name
    yield (
        f"Grade: {grade}. {found.sentence}".rstrip() if found.graded.rests_on else f"{grade} {found.sentence}".rstrip()
    )
    yield ""
    yield from result.verdict.sentences


def _roc(result: AuditResult, records: ScoredRecords) -> Iterator[str]:
    """The ROC curve of the strongest attack; nothing where the truth is unknown."""
    drawn = [name for name in by_strength(result) if name in records.scores]
    if not drawn or not records.has_both:
        return
    yield ""
    yield f"ROC of {drawn[0]}: members found (upwards) against others accused;"
    yield "both axes are logarithmic, and · is guessing"
    yield from drawn_roc(records.scores[drawn[0]][records.known], records.member[records.known])


def _named(named: NamedNow | None, records: ScoredRecords) -> Iterator[str]:
    """The records that can be named, how many of them are members, and the first ids."""
    if named is None:
        return
    cut = "now" if named.own_cut else "at the best cut there is"
    ids = _ids(named, records)
    more = ", ..." if named.number > len(ids) else ""
    yield (
        f"{count(named.number)} record{'' if named.number == 1 else 's'} can be named {cut} ({named.attack}; "
        f"{count(named.members)} of {count(named.number)} are members): {', '.join(ids)}{more}"
    )


def _ids(named: NamedNow, records: ScoredRecords) -> list[str]:
    """The first of the named records, the highest score first."""
    scores = np.where(named.named, records.scores[named.attack], -np.inf)
    return [str(name) for name in records.ids[np.argsort(-scores, kind="stable")[: min(FEW, named.number)]]]


def _checks(controls: tuple[Control, ...]) -> str:
    """One sentence on the audit's checks of itself."""
    return "Checks: " + "; ".join(
        f"{control.title[0].lower()}{control.title[1:]}: {STATES[control.state]}" for control in controls
    )


def _unlike(result: AuditResult) -> Iterator[str]:
    """The numbers behind a failed comparison of the reference models with the target."""
    found = result.controls.likeness
    if found is not None and found.state == "unlike":
        yield from (f"  {MEASURES[name]}: {compared_text(name, numbers)}" for name, numbers in found.measured.items())


def _advice(steps: tuple[NextStep, ...]) -> Iterator[str]:
    if steps:
        yield "What to do next"
        yield from (f"{place}. {step.title}" for place, step in enumerate(steps, 1))


def _commands(named: NamedNow | None, records: ScoredRecords, folder: Path) -> Iterator[str]:
    """Commands that go on from here; none of them works on a folder made for release."""
    if not len(records):
        return
    where = quote(str(folder))
    yield ""
    yield "Commands to try"
    if named is not None:
        yield f"  miaudit explain {where} --record {quote(_ids(named, records)[0])}"
    yield f"  miaudit gate {where} --policy strict"
    yield f"  miaudit report {where} --open"
