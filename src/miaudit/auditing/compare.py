"""Compares defences: an audit for each and for each attacker, on the same data, split and recipe."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from miaudit.auditing.comparison import UNDEFENDED, Comparison, compared
from miaudit.auditing.cost import Forecast, forecast
from miaudit.auditing.from_config import data_of, plan_of
from miaudit.auditing.plan import Plan
from miaudit.auditing.precision import settled
from miaudit.auditing.result import AuditResult
from miaudit.auditing.run import Finished, run
from miaudit.config import Attacker, AuditConfig
from miaudit.running.base import Progress, Runner, Watch, silent, unwatched
from miaudit.running.local import THIS_MACHINE
from miaudit.store.checkpoints import Store

ATTACKERS: tuple[Attacker, ...] = ("unaware", "knows")
Keep = Callable[[str, Finished], None]  # told each finished audit with its folder's name


class Planned(NamedTuple):
    """One of the audits."""

    title: str  # of its defence
    attackers: tuple[Attacker, ...]  # for whom it holds
    folder: str  # name
    plan: Plan


def single_audits(config: AuditConfig) -> list[tuple[str, tuple[Attacker, ...], AuditConfig]]:
    """Each audit's defence, its attackers and its own configuration; the one without a defence first.

    Without a defence there is nothing to know: one audit holds for every attacker.
    """
    wanted = ATTACKERS if config.attacker is None else (config.attacker,)
    plain = config.model_copy(update={"defences": (), "attacker": None})
    found = [(UNDEFENDED, wanted, plain)]
    for defence in config.defences:
        for attacker in wanted:
            own = plain.model_copy(update={"defence": defence, "attacker": attacker})
            found.append((defence.title, (attacker,), own))
    return found


def plan_all(config: AuditConfig) -> list[Planned]:
    """The plans of all audits; what does not fit is told before anything is trained."""
    config, data = settled(config), data_of(config)
    return [
        Planned(title, attackers, _folder(title, attackers), plan_of(own, data))
        for title, attackers, own in single_audits(config)
    ]


def _folder(title: str, attackers: tuple[Attacker, ...]) -> str:
    """A name for any file system.

    >>> _folder("dp_sgd[noise=0.6]", ("knows",)), _folder("none", ("unaware", "knows"))
    ('dp_sgd-noise=0.6-knows', 'none')
    """
    plain = re.sub(r"[^\w.=]+", "-", title).strip("-")
    return plain if title == UNDEFENDED else f"{plain}-{attackers[0]}"


def forecast_all(audits: Sequence[Planned], store: Store, workers: int | None = None) -> Iterator[Forecast]:
    """What each audit will cost, once those before it are done: models that they share are trained once."""
    by_then: set[str] = set()
    for audit in audits:
        yield forecast(audit.plan, store, workers, by_then)
        by_then |= {work.job.key for work in audit.plan.works}


def compare(
    config: AuditConfig,
    audits: Sequence[Planned],
    store: Store,
    keep: Keep,
    runner: Runner = THIS_MACHINE,
    progress: Progress = silent,
    watch: Watch = unwatched,
) -> Comparison:
    """Carry out the audits, one after another; `keep` gets each as soon as it is finished."""
    results: list[tuple[str, Attacker, str, AuditResult]] = []
    for audit in audits:
        finished = run(audit.plan, store, runner, progress, watch)
        keep(audit.folder, finished)
        results += [(audit.title, attacker, audit.folder, finished.result) for attacker in audit.attackers]
    return compared(results, config.as_dict())
