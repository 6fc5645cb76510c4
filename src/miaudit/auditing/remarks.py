"""What an audit did not do, and why: told wherever its numbers are shown."""

from miaudit.auditing.result import AuditResult


def remarks(result: AuditResult) -> tuple[str, ...]:
    """A sentence on the records that were left out, and one on each reason for which attacks were not run."""
    told = not_run(result.skipped)
    return told if result.left_out is None else (f"Left out: {result.left_out}.", *told)


def not_run(skipped: dict[str, str]) -> tuple[str, ...]:
    """A sentence on each reason, with the attacks that it stopped (attack -> reason)."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in skipped.items():
        by_reason.setdefault(reason, []).append(name)
    return tuple(f"Not run: {', '.join(names)} ({reason})." for reason, names in by_reason.items())
