"""What an audit did not do, and why: told wherever its numbers are shown."""

from miaudit.auditing.result import AuditResult


def remarks(result: AuditResult) -> tuple[str, ...]:
    """A sentence on the records that were left out, and one on each reason for which attacks were not run."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in result.skipped.items():
        by_reason.setdefault(reason, []).append(name)
    not_run = [f"Not run: {', '.join(names)} ({reason})." for reason, names in by_reason.items()]
    return tuple(not_run) if result.left_out is None else (f"Left out: {result.left_out}.", *not_run)
