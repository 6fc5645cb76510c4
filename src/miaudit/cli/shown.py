"""Writes results as tables and lines for the terminal."""

from collections.abc import Iterator
from textwrap import wrap

from rich.table import Table

from miaudit.auditing.references import MEASURES, compared_text
from miaudit.auditing.result import AttackResult, AuditResult, BlindBaseline
from miaudit.auditing.wording import eyesight
from miaudit.metrics.evaluation import Evaluation, Hardness
from miaudit.presenter import NOTHING, bound, count, limit, number, quantity, rate, score, share
from miaudit.report.tables import by_strength, hidden_by_ties, measured_limits, missing_rates

BREAK = "\n"  # between a number and its interval


def result_table(result: AuditResult) -> Table:
    """Two lines per attack, the strongest first: values, and below them their intervals.

    Rates that could not be measured for any attack have no column; the caption says what they need.
    """
    limits = measured_limits(result)
    alone = "in brackets: 95 % intervals for each attack alone; the verdict is corrected for the number of attacks"
    caption = "\n".join([alone, *missing_rates(result), *_ties(result, limits), *_saturation(result)])
    table = Table(title=result.verdict.headline, caption=caption)
    table.add_column("attack", no_wrap=True)
    titles = [f"TPR at\n{limit(fpr)} FPR" for fpr in limits]
    for title in ("AUC", *titles, "epsilon\nat least", "precision of\ncalled members"):
        table.add_column(title, justify="right")
    for name in by_strength(result):
        table.add_row(_named(result, name), *_row(result.attacks[name], limits))
    if result.controls.blind is not None and result.attacks:
        table.add_section()
        table.add_row("without asking\nthe model", *_blind_row(result.controls.blind, limits))
    return table


def _named(result: AuditResult, attack: str) -> str:
    """The attack's name, with a caution below it where its numbers mean little."""
    return "\n".join(filter(None, (attack, *wrap(eyesight(result.controls, attack), 24))))


def likeness_lines(result: AuditResult) -> Iterator[str]:
    """The control of the reference models: whether they resemble the target, and the numbers behind that."""
    found = result.controls.likeness
    if found is None:
        return
    answer = {"alike": "passed", "unlike": "not passed", "unknown": "unknown"}[found.state]
    yield f"Control, reference models resemble the target: {answer}"
    for name, compared in found.measured.items():
        yield f"  {MEASURES[name]}: {compared_text(name, compared)}"


def _blind_row(blind: BlindBaseline, limits: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers of the blind baseline in the columns that attacks have."""
    rates = (rate(blind.tpr).text(BREAK) if fpr == "0.01" else NOTHING for fpr in limits)
    return (quantity(blind.auc).text(BREAK), *rates, NOTHING, NOTHING)


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


def _row(attack: AttackResult, limits: tuple[str, ...]) -> tuple[str, ...]:
    decision = attack.decision
    called = NOTHING if decision.tp is None or decision.fp is None else f"{count(decision.tp + decision.fp)} called"
    precision = called if decision.precision is None else f"{called}\n{rate(decision.precision).text()}"
    return (
        quantity(attack.auc).text(BREAK),
        *(rate(attack.tpr_at_fpr.get(fpr)).text(BREAK) for fpr in limits),
        bound(attack.epsilon).value.removeprefix("≥ ") or NOTHING,
        precision,
    )


def evaluation_table(found: Evaluation) -> Table:
    """One row per metric; metrics that need more columns than the file has are left out."""
    table = Table(caption="intervals at 95 % confidence")
    table.add_column("metric")
    table.add_column("value", justify="right")
    table.add_row("AUC", quantity(found.auc).text())
    table.add_row("balanced accuracy (best cut)", quantity(found.balanced_accuracy).text())
    for fpr, tpr in found.tpr_at_fpr.items():
        table.add_row(f"TPR at {limit(fpr)} FPR", rate(tpr).text())
    if found.first_cut is not None and found.first_cut.hides(0.01):
        table.add_row(
            "first possible cut (ties)", f"TPR {share(found.first_cut.tpr)} at FPR {share(found.first_cut.fpr)}"
        )
        for fpr, tpr in found.randomised_tpr_at_fpr.items():
            table.add_row(f"TPR at {limit(fpr)} FPR, ties broken at random", rate(tpr).text())
    for recall, precision in found.precision_at_recall.items():
        table.add_row(f"precision at recall {limit(recall)}", rate(precision).text())
    table.add_row("epsilon, lower bound", bound(found.epsilon).text())
    for name, value in _further(found):
        table.add_row(name, value)
    return table


def _further(found: Evaluation) -> Iterator[tuple[str, str]]:
    """Rows for the metrics that depend on the columns of the file and on the options."""
    if found.one_run_epsilon is not None:
        yield "epsilon of one run, lower bound", bound(found.one_run_epsilon).text()
    if found.at_cut is not None:
        at = found.at_cut
        yield (
            f"above {at.cut:g}: members, non-members",
            f"{count(at.tp)} of {count(at.tp + at.fn)}, {count(at.fp)} of {count(at.fp + at.tn)}",
        )
        yield f"above {at.cut:g}: recall", rate(at.recall).text()
        yield f"above {at.cut:g}: precision", rate(at.precision).text()
    if found.hardness is not None:
        yield from _hardness(found.hardness)
    if found.loss_divergence is not None:
        yield "divergence of the losses, nats", number(found.loss_divergence)
    for label, area in (found.auc_by_class or {}).items():
        yield f"AUC in class {label}", quantity(area).text()
    for name, spread in (found.over_targets or {}).items():
        yield f"{name}, mean over targets", f"{quantity(spread.mean).text()}, deviation {number(spread.std)}"


def _hardness(found: Hardness) -> Iterator[tuple[str, str]]:
    yield f"TPR at 1 % FPR, easy (log p_y above {found.easy_above:g})", rate(found.tpr_easy).text()
    yield "TPR at 1 % FPR, hard", rate(found.tpr_hard).text()
    if found.mean_difficulty_exposed is not None and found.mean_difficulty_hidden is not None:
        yield "loss on references, members found", quantity(found.mean_difficulty_exposed).text()
        yield "loss on references, members not found", quantity(found.mean_difficulty_hidden).text()
    if found.exposed_harder is not None:
        yield "P(found one is harder than one not found)", quantity(found.exposed_harder).text()
