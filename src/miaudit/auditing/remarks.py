"""What an audit did not do, and why. Shown wherever its numbers are shown."""

from miaudit.auditing.result import AuditResult


def remarks(result: AuditResult) -> tuple[str, ...]:
    """What was understood of the file, the records that were left out, each reason for which attacks were not run."""
    read_as = tuple(f"Read as: {sentence}" for sentence in result.read_as)
    left_out = () if result.left_out is None else (f"Left out: {result.left_out}.",)
    return (*read_as, *left_out, *not_run(result.skipped))


def not_run(skipped: dict[str, str]) -> tuple[str, ...]:
    """A sentence on each reason, with the attacks that it stopped (attack -> reason)."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in skipped.items():
        by_reason.setdefault(reason, []).append(name)
    return tuple(f"Not run: {', '.join(names)} ({reason})." for reason, names in by_reason.items())
