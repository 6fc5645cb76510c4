"""Tables and lines in which the command line shows results."""

from collections.abc import Iterator

from rich.table import Table

from miaudit.auditing.references import MEASURES, compared_text
from miaudit.auditing.result import AttackResult, AuditResult, BlindBaseline
from miaudit.metrics.evaluation import Evaluation, Hardness
from miaudit.metrics.quantity import Quantity
from miaudit.report.tables import hidden_by_ties


def rate(quantity: Quantity | None, between: str = " ") -> str:
    """A rate in per cent with its interval, or why there is none."""
    if quantity is None:
        return "-"
    if quantity.value is None:
        return quantity.note or "not resolved"
    low, high = ("-" if end is None else f"{end * 100:.1f}" for end in (quantity.low, quantity.high))
    return f"{quantity.value:.1%}{between}[{low}, {high}]"


def at_least(quantity: Quantity) -> str:
    """A lower bound with the estimate that it bounds, or why there is none.

    >>> at_least(Quantity(value=1.9, low=1.21, high=None, n=10))
    '1.210 (estimate 1.900)'
    """
    if quantity.value is None or quantity.low is None:
        return quantity.note or "not resolved"
    return f"{quantity.low:.3f} (estimate {quantity.value:.3f})"


def result_table(result: AuditResult) -> Table:
    """Two lines per attack, the strongest first: values, and below them their intervals.

    Rates that could not be measured for any attack have no column; the caption says what they need.
    """
    notes = {fpr: _unresolved(result, fpr) for fpr in ("0.01", "0.001", "0.0001")}
    resolved = [fpr for fpr, note in notes.items() if note is None]
    missing = [f"TPR at {float(fpr):.2%} FPR: {note}" for fpr, note in notes.items() if note is not None]
    alone = "in brackets: 95 % intervals for each attack alone; the verdict is corrected for the number of attacks"
    caption = "\n".join([alone, *missing, *_ties(result, resolved), *_saturation(result)])
    table = Table(title=result.verdict.headline, caption=caption)
    table.add_column("attack", no_wrap=True)
    titles = [f"TPR at\n{float(fpr) * 100:g} % FPR" for fpr in resolved]
    for title in ("AUC", *titles, "epsilon\nat least", "precision of\ncalled members"):
        table.add_column(title, justify="right")
    for name, attack in sorted(result.attacks.items(), key=lambda item: -(item[1].auc.value or 0.0)):
        blind = "\nblind on these outputs" if result.controls.is_blind(name) else ""
        table.add_row(f"{name}{blind}", *_row(attack, resolved))
    if result.controls.blind is not None and result.attacks:
        table.add_section()
        table.add_row("without asking\nthe model", *_blind_row(result.controls.blind, resolved))
    return table


def likeness_lines(result: AuditResult) -> Iterator[str]:
    """The control of the reference models: whether they resemble the target, and the numbers behind that."""
    found = result.controls.likeness
    if found is None:
        return
    answer = {"alike": "passed", "unlike": "not passed", "unknown": "unknown"}[found.state]
    yield f"Control, reference models resemble the target: {answer}"
    for name, compared in found.measured.items():
        yield f"  {MEASURES[name]}: {compared_text(name, compared)}"


def _blind_row(blind: BlindBaseline, resolved: list[str]) -> tuple[str, ...]:
    """The blind baseline in the columns of an attack."""
    rates = (rate(blind.tpr, "\n") if fpr == "0.01" else "-" for fpr in resolved)
    return (blind.auc.text(between="\n"), *rates, "-", "-")


def _unresolved(result: AuditResult, fpr: str) -> str | None:
    """Why no attack has this rate; None where one has."""
    rates = [attack.tpr_at_fpr[fpr] for attack in result.attacks.values()]
    return None if any(q.value is not None for q in rates) or not rates else rates[0].note


def _ties(result: AuditResult, resolved: list[str]) -> Iterator[str]:
    """Attacks with equal scores where a cut would be needed: one line each, at the smallest rate that has a column."""
    for name, attack in result.attacks.items():
        hidden = [(fpr, note) for fpr in resolved if (note := hidden_by_ties(attack, fpr))]
        if hidden:
            fpr, note = hidden[0]
            yield f"{name} at {float(fpr) * 100:g} % FPR: {note}"


def _saturation(result: AuditResult) -> Iterator[str]:
    """The share of records with a probability of exactly 0 or 1, and the floor that was used."""
    facts = result.target
    if facts.saturated and facts.probability_floor is not None:
        yield (
            f"{facts.saturated:.1%} of the records have a probability of exactly 0 or 1: a 0 is read as "
            f"{facts.probability_floor:.3g}, half of the smallest positive probability"
        )


def _row(attack: AttackResult, resolved: list[str]) -> tuple[str, ...]:
    decision = attack.decision
    called = "-" if decision.tp is None or decision.fp is None else f"{decision.tp + decision.fp:,} called"
    precision = called if decision.precision is None else f"{called}\n{rate(decision.precision)}"
    return (
        attack.auc.text(between="\n"),
        *(rate(attack.tpr_at_fpr[fpr], "\n") for fpr in resolved),
        f"{attack.epsilon.low or 0.0:.2f}",
        precision,
    )


def evaluation_table(found: Evaluation) -> Table:
    """One row per metric; metrics that need more columns than the file has are left out."""
    table = Table(caption="intervals at 95 % confidence")
    table.add_column("metric")
    table.add_column("value", justify="right")
    table.add_row("AUC", found.auc.text())
    table.add_row("balanced accuracy (best cut)", found.balanced_accuracy.text())
    for fpr, quantity in found.tpr_at_fpr.items():
        table.add_row(f"TPR at {float(fpr):.2%} FPR", rate(quantity))
    if found.first_cut is not None and found.first_cut.hides(0.01):
        table.add_row("first possible cut (ties)", f"TPR {found.first_cut.tpr:.1%} at FPR {found.first_cut.fpr:.1%}")
        for fpr, quantity in found.randomised_tpr_at_fpr.items():
            table.add_row(f"TPR at {float(fpr):.2%} FPR, ties broken at random", rate(quantity))
    for recall, quantity in found.precision_at_recall.items():
        table.add_row(f"precision at recall {recall}", rate(quantity))
    table.add_row("epsilon, lower bound", at_least(found.epsilon))
    for name, value in _further(found):
        table.add_row(name, value)
    return table


def _further(found: Evaluation) -> Iterator[tuple[str, str]]:
    """Rows that depend on the columns of the file and on the options."""
    if found.one_run_epsilon is not None:
        yield "epsilon of one run, lower bound", at_least(found.one_run_epsilon)
    if found.at_cut is not None:
        at = found.at_cut
        yield (
            f"above {at.cut:g}: members, non-members",
            f"{at.tp:,} of {at.tp + at.fn:,}, {at.fp:,} of {at.fp + at.tn:,}",
        )
        yield f"above {at.cut:g}: recall", rate(at.recall)
        yield f"above {at.cut:g}: precision", rate(at.precision)
    if found.hardness is not None:
        yield from _hardness(found.hardness)
    if found.loss_divergence is not None:
        yield "divergence of the losses, nats", f"{found.loss_divergence:.3f}"
    for label, quantity in (found.auc_by_class or {}).items():
        yield f"AUC in class {label}", quantity.text()
    for name, spread in (found.over_targets or {}).items():
        deviation = "-" if spread.std is None else f"{spread.std:.3f}"
        yield f"{name}, mean over targets", f"{spread.mean.text()}, deviation {deviation}"


def _hardness(found: Hardness) -> Iterator[tuple[str, str]]:
    yield f"TPR at 1 % FPR, easy (log p_y above {found.easy_above:g})", rate(found.tpr_easy)
    yield "TPR at 1 % FPR, hard", rate(found.tpr_hard)
    if found.mean_difficulty_exposed is not None and found.mean_difficulty_hidden is not None:
        yield "loss on references, members found", found.mean_difficulty_exposed.text()
        yield "loss on references, members not found", found.mean_difficulty_hidden.text()
    if found.exposed_harder is not None:
        yield "P(found one is harder than one not found)", found.exposed_harder.text()
