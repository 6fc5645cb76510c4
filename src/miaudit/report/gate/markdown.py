"""The decision of a gate as a section of Markdown, such as the summary of a step on GitHub."""

from collections.abc import Iterator

from miaudit import presenter
from miaudit.decisions.outcomes import WORDS, GateResult, Outcome
from miaudit.messages import printable

MARKS: dict[Outcome, str] = {"pass": "✅", "fail": "❌", "cannot_tell": "⚠️"}


def markdown(result: GateResult) -> str:
    """The section: a headline, a table of the rules with the check that decides each, and the conditions not met."""
    title = f" by policy {result.policy.title}" if result.policy.title else ""
    lines = [f"## {MARKS[result.outcome]} Privacy gate{title}: {WORDS[result.outcome]}", "", result.reason, ""]
    lines += ["| rule | limit | outcome | decided by | interval |", "|---|---|---|---|---|", *_rules(result), ""]
    lines += [f"- Not met: {each.title}; {each.found}" for each in result.conditions if not each.met]
    lines += ["", f"The audit itself: {result.verdict}", ""]
    return printable("\n".join(lines))


def _rules(result: GateResult) -> Iterator[str]:
    for rule in result.rules:
        check = rule.telling
        ends = (presenter.NOTHING if end is None else presenter.label(end) for end in (check.low, check.high))
        cells = (rule.title, f"{rule.limit:g}", WORDS[rule.outcome], check.where, " to ".join(ends))
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
