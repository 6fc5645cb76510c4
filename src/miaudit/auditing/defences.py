"""Compares defences: one audit for each defence and attacker, on the same data, split and recipe."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from miaudit.auditing.cost import Forecast, Readers, Share, forecast
from miaudit.auditing.defences_result import UNDEFENDED, DefencesResult, compared
from miaudit.auditing.execution import Execution
from miaudit.auditing.from_config import data_of, training_request
from miaudit.auditing.plan import Plan
from miaudit.auditing.planning import plan_of
from miaudit.auditing.precision import settled
from miaudit.auditing.result import AuditResult
from miaudit.auditing.run import Finished, run
from miaudit.config import Attacker, AuditConfig
from miaudit.errors import UserError
from miaudit.store.base import Store

ATTACKERS: tuple[Attacker, ...] = ("unaware", "knows")
Keep = Callable[[str, Finished], None]  # given the folder's name of each audit and its result


class Planned(NamedTuple):
    """One audit of the comparison."""

    title: str  # of its defence
    attackers: tuple[Attacker, ...]  # for whom its result holds
    folder: str  # name of the folder for its result
    plan: Plan


def single_audits(config: AuditConfig) -> list[tuple[str, tuple[Attacker, ...], AuditConfig]]:
    """Split a comparison into audits: defence, attackers and configuration of each, the one without a defence first.

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
    """The plans of all audits; raises UserError, before anything is trained, where one of them does not fit."""
    config, data = settled(config), data_of(config)
    return [
        Planned(title, attackers, _folder(title, attackers), plan_of(training_request(own, data)))
        for title, attackers, own in single_audits(config)
    ]


def _folder(title: str, attackers: tuple[Attacker, ...]) -> str:
    """A folder's name that every file system accepts.

    >>> _folder("dp_sgd[noise=0.6]", ("knows",)), _folder("none", ("unaware", "knows"))
    ('dp_sgd-noise=0.6-knows', 'none')
    """
    plain = re.sub(r"[^\w.=]+", "-", title).strip("-")
    return plain if title == UNDEFENDED else f"{plain}-{attackers[0]}"


def forecast_all(audits: Sequence[Planned], store: Store, workers: int | None = None) -> Iterator[Forecast]:
    """What each audit will cost once the audits before it are done, since models that they share are trained once.

    Args:
        audits: the audits in their order.
        store: where models are kept.
        workers: number of models that are trained at the same time; None where the machine decides.
    """
    by_then: set[str] = set()
    for audit in audits:
        yield forecast(audit.plan, store, workers, by_then)
        by_then |= {work.job.key for work in audit.plan.works}


def together(audits: Sequence[Planned], forecasts: Sequence[Forecast]) -> Forecast:
    """All audits as one forecast, with a share for each of them."""
    shares = tuple(_share(audit, forecast) for audit, forecast in zip(audits, forecasts, strict=True))
    slowdowns = [forecast.bf16_slowdown for forecast in forecasts if forecast.bf16_slowdown is not None]
    processes = max(forecast.processes for forecast in forecasts)
    resumed = "; ".join(forecast.resumed for forecast in forecasts if forecast.resumed)
    return Forecast(shares, processes, bf16_slowdown=max(slowdowns, default=None), resumed=resumed)


def _share(audit: Planned, forecast: Forecast) -> Share:
    open_shares = [share for share in forecast.shares if share.to_train]
    known = [share.to_train * share.seconds_each for share in open_shares if share.seconds_each is not None]
    can_tell = open_shares and len(known) == len(open_shares)
    return Share(
        role=audit.folder,
        models=forecast.models,
        cached=forecast.cached,
        records=max(share.records for share in forecast.shares),
        seconds_each=sum(known) / forecast.to_train if can_tell else None,
        readers=Readers(scores=tuple(audit.plan.questions.attacks)),
    )


def audit_defended(
    config: AuditConfig, audits: Sequence[Planned], execution: Execution, keep: Keep
) -> DefencesResult | None:
    """Carry out the audits one after another, and compare what they found.

    Args:
        config: names the defences.
        audits: the plans that `plan_all` made of it.
        execution: how the audits are carried out; there is no budget and no early result.
        keep: given each audit's result as soon as it is there.

    Returns:
        The comparison; None if `execution.agree` says no.

    Raises:
        UserError: a budget or early results are asked for, or an audit fails.
    """
    if execution.budget is not None or execution.anytime:
        asked = "early results are" if execution.anytime else "a budget is"
        raise UserError(f"{asked} for a single audit: set `models` of the split to compare defences in less time")
    store = execution.store
    results: list[tuple[str, Attacker, str, AuditResult]] = []
    with execution.runner as runner:  # a cluster is joined only once nothing can be refused any more
        if execution.agree is not None:
            costs = list(forecast_all(audits, store, runner.at_once))
            if not execution.agree(together(audits, costs)):
                return None
        for audit in audits:
            finished = run(audit.plan, store, runner, execution.listener)
            keep(audit.folder, finished)
            results += [(audit.title, attacker, audit.folder, finished.result) for attacker in audit.attackers]
    return compared(results, config.as_dict())
