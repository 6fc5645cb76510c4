"""The command `gate`, and the gate at the end of the command `audit`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from miaudit import presenter
from miaudit.cli.choices import GateOptions
from miaudit.cli.console import PlainConsole
from miaudit.cli.options import Baseline, PolicyName
from miaudit.config import AuditConfig
from miaudit.errors import UserError
from miaudit.reading.path import resolved

if TYPE_CHECKING:
    from rich.table import Table

    from miaudit.decisions.outcomes import GateResult
    from miaudit.decisions.policy import Policy
    from miaudit.decisions.saved import SavedAudit


def gate(
    audit: Annotated[
        Path, typer.Argument(metavar="DIR|RESULT", help="Folder of a finished audit, or its result.json.")
    ],
    policy: PolicyName = "strict",
    baseline: Baseline = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the decision as JSON instead of a table.")] = False,
    junit: Annotated[Path | None, typer.Option(help="Write the decision to this file as JUnit XML.")] = None,
    sarif: Annotated[Path | None, typer.Option(help="Write the decision to this file as SARIF.")] = None,
    summary: Annotated[
        Path | None, typer.Option(help='Append the decision to this file as Markdown, such as "$GITHUB_STEP_SUMMARY".')
    ] = None,
) -> None:
    """Decide whether a finished audit keeps within a policy.

    Exit code: 0 pass, 1 fail, 3 cannot tell.
    """
    from miaudit.auditing.files import RESULT, SCORES
    from miaudit.decisions.gate import gate as decide
    from miaudit.decisions.saved import open_audit
    from miaudit.files import check_no_input

    for path in (junit, sarif, summary):
        if path is not None:
            check_no_input(path, (audit, audit / RESULT, audit / SCORES, Path(policy)))
    result = decide(open_audit(audit), *_asked(policy, baseline))
    _write(result, junit, sarif, summary)
    if as_json:
        sys.stdout.write(result.to_json())
    else:
        show(result)
    raise typer.Exit(result.exit_code)


class AskedGate(NamedTuple):
    """A policy, and the earlier audit that it compares with."""

    policy: "Policy"
    baseline: "SavedAudit | None"


def gate_for(config: AuditConfig, options: GateOptions, out: Path) -> AskedGate | None:
    """The gate that the options ask for, None if they do not; it is read before anything is trained.

    Raises:
        UserError: the policy or the baseline is wrong, or does not fit what is audited.
    """
    from miaudit.auditing.from_config import titles_of
    from miaudit.decisions.gate import check_attacks

    if options.policy is None:
        if options.baseline is not None:
            raise UserError("--baseline is for a policy that compares with it: give --policy too, such as regression")
        return None
    if config.defences:
        raise UserError("--policy decides on one audit: leave it out where `defences` are compared, and gate each one")
    if options.baseline is not None and resolved(options.baseline) == resolved(out):
        raise UserError(
            f"--baseline and --out both name {out}, where the baseline would be replaced: choose another --out"
        )
    asked = _asked(options.policy, options.baseline)
    check_attacks(asked.policy, titles_of(config))
    return asked


def _asked(policy: str, baseline: Path | None) -> AskedGate:
    from miaudit.decisions.gate import check_baseline
    from miaudit.decisions.policy import Policy
    from miaudit.decisions.saved import open_audit

    read = Policy.of(policy)
    check_baseline(read, baseline is not None)
    return AskedGate(read, None if baseline is None else open_audit(baseline))


def decide_at_end(out: Path, asked: AskedGate) -> "GateResult":
    """Decide on the audit in this folder, and write gate.json and the page with the decision."""
    from miaudit.auditing.files import GATE, REPORT
    from miaudit.decisions.gate import gate as decide
    from miaudit.decisions.saved import open_audit
    from miaudit.files import write_atomically
    from miaudit.report.html import write_report

    audit = open_audit(out)
    result = decide(audit, *asked)
    write_atomically(out / GATE, result.to_json().encode())
    write_report(audit.result, audit.scores, out / REPORT, result)
    return result


def _write(result: "GateResult", junit: Path | None, sarif: Path | None, summary: Path | None) -> None:
    from miaudit.files import write_atomically
    from miaudit.report.gate import junit as as_junit
    from miaudit.report.gate import markdown as as_markdown
    from miaudit.report.gate import sarif as as_sarif

    if junit is not None:
        write_atomically(junit, as_junit.junit(result).encode())
    if sarif is not None:
        write_atomically(sarif, as_sarif.sarif(result).encode())
    if summary is not None:
        _append(summary, as_markdown.markdown(result))


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}; choose another file") from error


def show(result: "GateResult") -> None:
    """Print the decision: a line for each rule, the conditions that are not met, and the sentence that sums it up."""
    console = PlainConsole()
    console.print(table(result, console.width))
    for condition in result.conditions:
        if not condition.met:
            console.print(f"Not met: {condition.title}; {condition.found}", soft_wrap=True)
    console.print(f"The audit itself: {result.verdict}", soft_wrap=True)
    console.print(result.reason, soft_wrap=True)


def table(result: "GateResult", width: int) -> "Table":
    """One line for each rule of the policy.

    Args:
        result: the decision.
        width: columns of the screen. Where it is narrow, the less important columns are left out.
    """
    from miaudit.cli.fitted_table import Column, fitted_table
    from miaudit.decisions.outcomes import WORDS
    from miaudit.messages import printable

    rules, checks = result.rules, [rule.telling for rule in result.rules]
    needed = (check.records_needed for check in checks)
    columns = (
        Column("limit", tuple(f"{rule.limit:g}" for rule in rules), 1),
        Column("outcome", tuple(WORDS[rule.outcome] for rule in rules), 0, "left"),
        Column("interval", tuple(_interval(check.low, check.high) for check in checks), 2),
        Column("records\nneeded", tuple("" if each is None else presenter.count(each) for each in needed), 3),
        Column("decided by", tuple(printable(check.where) for check in checks), 4, "left"),
    )
    return fitted_table("rule", [rule.title for rule in rules], columns, width)


def _interval(low: float | None, high: float | None) -> str:
    return " to ".join(presenter.NOTHING if end is None else presenter.label(end) for end in (low, high))
