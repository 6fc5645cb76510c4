"""Remarks on what an audit did not do, and why. They are shown wherever its numbers are shown."""

from miaudit.auditing.result import AuditResult


def remarks(result: AuditResult) -> tuple[str, ...]:
    """How a file was read, what a trial of the training showed, which records were left out, which attacks not run."""
    read_as = tuple(f"Read as: {sentence}" for sentence in result.read_as)
    left_out = () if result.left_out is None else (f"Left out: {result.left_out}.",)
    training = () if result.references is None else result.references.remarks
    return (*read_as, *training, *left_out, *not_run(result.skipped))


def not_run(skipped: dict[str, str]) -> tuple[str, ...]:
    """A sentence on each reason why attacks were not run (attack -> reason), with their names."""
    return tuple(f"Not run: {', '.join(names)} ({reason})." for reason, names in by_reason(skipped).items())


def by_reason(skipped: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """The attacks that were not run (attack -> reason) as reason -> attacks.

    >>> by_reason({"lira": "no references", "kde": "no known records", "rmia": "no references"})
    {'no references': ('lira', 'rmia'), 'no known records': ('kde',)}
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, reason in skipped.items():
        found[reason] = (*found.get(reason, ()), name)
    return found
