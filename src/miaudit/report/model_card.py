"""A section for the card of a model, in Markdown: what an audit found, what it rests on, and what it leaves open."""

import re
from collections.abc import Iterator

from miaudit.auditing.result import AuditResult
from miaudit.messages import printable
from miaudit.presenter import bound, count, limit, quantity, rate
from miaudit.report.tables import by_strength, measured_limits
from miaudit.report.words import LEVELS, day

MOST_ATTACKS = 5  # rows of the table; a card is read in a minute
SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#])")  # what Markdown may take for more than text


def model_card(result: AuditResult) -> str:
    """The section, with no number about a single record.

    It holds the verdict, the numbers of the strongest attacks with their intervals, what the attacker is assumed to
    know, the controls, and what the audit does not cover.
    """
    verdict = result.verdict
    lines = ["## Privacy: membership inference", ""]
    lines += [f"**{markdown_text(LEVELS[verdict.level])}.** {markdown_text(verdict.headline.rstrip('.'))}.", ""]
    lines += [*(markdown_text(sentence) for sentence in verdict.sentences), ""]
    lines += [*_table(result), "", *_basis(result), "", *_limits(), ""]
    return printable("\n".join(lines))


def markdown_text(text: str) -> str:
    """The text as Markdown shows it, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _table(result: AuditResult) -> Iterator[str]:
    if not result.attacks:
        return
    fprs = measured_limits(result)
    titles = ("attack", "AUC", *(f"TPR at {limit(fpr)} FPR" for fpr in fprs), "epsilon, lower bound")
    yield "| " + " | ".join(titles) + " |"
    yield "|---" * len(titles) + "|"
    for name in by_strength(result)[:MOST_ATTACKS]:
        attack = result.attacks[name]
        rates = (rate(attack.tpr_at_fpr.get(fpr)).text() for fpr in fprs)
        cells = (name, quantity(attack.auc).text(), *rates, bound(attack.epsilon).text())
        yield "| " + " | ".join(markdown_text(cell) for cell in cells) + " |"
    left = len(result.attacks) - MOST_ATTACKS
    yield ""
    yield (
        "In brackets: 95 % intervals for each attack alone; the verdict is corrected for the number of attacks."
        + (f" {left} weaker attack{'s are' if left > 1 else ' is'} left out." if left > 0 else "")
    )


def _basis(result: AuditResult) -> Iterator[str]:
    target, origin, controls = result.target, result.provenance, result.controls
    yield f"- Target: {markdown_text(target.description)}"
    yield f"- Audited records: {count(target.members)} members, {count(target.nonmembers)} non-members"
    accuracies = (("training", target.train_accuracy), ("test", target.test_accuracy))
    found = [f"{name} {rate(accuracy).text()}" for name, accuracy in accuracies if accuracy.value is not None]
    if found:
        yield f"- Accuracy: {markdown_text(', '.join(found))}"
    for adversary in dict.fromkeys(result.attacks[name].adversary for name in by_strength(result)[:1]):
        yield f"- The attacker: {markdown_text(adversary)}"
    if result.references is not None:
        yield f"- Auxiliary models: {count(result.references.models)}, {markdown_text(result.references.recipe)}"
    if target.guarantee is not None:
        yield f"- Proven guarantee: {markdown_text(target.guarantee.text)}"
    passed = {
        "nothing found where nothing leaks": controls.null_passed,
        "a built-in leak found": controls.positive_passed,
    }
    yield "- Controls: " + ", ".join(f"{name}: {'passed' if value else 'not passed'}" for name, value in passed.items())
    finished = f", {day(result.cost.finished)}" if result.cost.finished else ""
    yield f"- Made by miaudit {origin.miaudit}{finished}, seed {origin.seed}, data {markdown_text(origin.data)}"


def _limits() -> Iterator[str]:
    yield (
        "What this does not cover: stronger attacks or attackers who know more, other ways to leak (reconstruction, "
        "attribute inference, memorised outputs), and records other than the audited ones. An audit shows leaks; it "
        "cannot prove that there are none."
    )
