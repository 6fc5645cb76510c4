"""The table of an audit in the terminal: one line for each attack, with as many columns as fit."""

from collections.abc import Iterator

from rich.table import Table

from miaudit.auditing.result import AttackResult, AuditResult
from miaudit.auditing.wording import eyesight
from miaudit.cli.fitted_table import Column, fitted_table, measured
from miaudit.messages import printable
from miaudit.presenter import NOTHING, count, limit, score, share
from miaudit.report.tables import AttackRow, attack_rows, blind_row, hidden_by_ties, measured_limits, missing_rates

CAUTION = " *"  # behind the name of an attack whose low numbers mean nothing
ALONE = "Intervals and epsilon hold at 95 % for each attack alone; the verdict is corrected for the number of attacks."


def attack_table(result: AuditResult, width: int) -> Table:
    """One line for each attack, the strongest first, and one for the attacker who never asks the model.

    Rates that could not be measured for any attack have no column.

    Args:
        result: the result of an audit.
        width: columns of the screen. Where it is narrow, the less important numbers are left out.
    """
    return fitted_table("attack", _names(result), _columns(result), width)


def notes(result: AuditResult) -> Iterator[str]:
    """What a reader of the table must know, a sentence each."""
    if not result.attacks:
        return
    yield ALONE
    cautions: dict[str, list[str]] = {}
    for name in result.attacks:
        cautions.setdefault(eyesight(result.controls, name), []).append(name)
    yield from (f"{CAUTION.strip()} {remark}: {', '.join(names)}" for remark, names in cautions.items() if remark)
    yield from missing_rates(result)
    yield from _ties(result, measured_limits(result))
    yield from _saturation(result)


def _rows(result: AuditResult) -> tuple[AttackRow, ...]:
    blind = blind_row(result)
    return attack_rows(result) if blind is None else (*attack_rows(result), blind)


def _names(result: AuditResult) -> tuple[str, ...]:
    """The first column: names of the attacks, marked where a note warns of their numbers."""
    names = [f"{printable(row.name)}{CAUTION if row.remark else ''}" for row in attack_rows(result)]
    return tuple(names) if blind_row(result) is None else (*names, "without asking")


def _columns(result: AuditResult) -> tuple[Column, ...]:
    """All columns in their order on the screen."""
    rows, limits = _rows(result), measured_limits(result)
    columns = [*measured("AUC", [row.auc for row in rows], 0, 2)]
    for place, fpr in enumerate(limits):
        rates = [row.tprs[place] for row in rows]
        first, second = (1, 3) if place == 0 else (5 + 2 * place, 6 + 2 * place)
        columns += measured(f"TPR at\n{limit(fpr)} FPR", rates, first, second)
    bounds = tuple(row.epsilon.value.removeprefix("≥ ") or NOTHING for row in rows)
    columns.append(Column("epsilon\nat least", bounds, 4))
    claims = [_claimed(result.attacks[row.name]) for row in attack_rows(result)]
    claims += [(NOTHING, NOTHING)] * (len(rows) - len(claims))
    columns.append(Column("called\nmembers", tuple(called for called, _ in claims), 5))
    columns.append(Column("of them\nrightly", tuple(rightly for _, rightly in claims), 6))
    return tuple(columns)


def _claimed(attack: AttackResult) -> tuple[str, str]:
    """How many records the attack calls members at its own cut, and the share of members among them."""
    decision = attack.decision
    if decision.tp is None or decision.fp is None:
        return NOTHING, NOTHING
    right = None if decision.precision is None else decision.precision.value
    return count(decision.tp + decision.fp), share(right)


def _ties(result: AuditResult, limits: tuple[str, ...]) -> Iterator[str]:
    """A line on each attack whose equal scores allow no cut at some rate; the largest such rate is named."""
    for name, attack in result.attacks.items():
        hidden = [(fpr, note) for fpr in limits if (note := hidden_by_ties(attack, fpr))]
        if hidden:
            fpr, note = hidden[0]
            yield f"{name} at {limit(fpr)} FPR: {note}"


def _saturation(result: AuditResult) -> Iterator[str]:
    """A line on records with a probability of exactly 0 or 1: their share, and the floor that was used."""
    facts = result.target
    if facts.saturated and facts.probability_floor is not None:
        yield (
            f"{share(facts.saturated)} of the records have a probability of exactly 0 or 1: a 0 is read as "
            f"{score(facts.probability_floor)}, half of the smallest positive probability"
        )
