"""Carries out an experiment row by row: trains all models of a row, audits each seed, and keeps the numbers."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from miaudit.arrays import Ints
from miaudit.auditing.execution import SILENT, Listener
from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.gather import ask, gather
from miaudit.auditing.plan import Plan
from miaudit.auditing.precision import settled
from miaudit.auditing.run import Finished, answer
from miaudit.config import AuditConfig, PluginConfig
from miaudit.datasets.base import Dataset
from miaudit.experiments.beyond import MeasuredCost, beyond
from miaudit.experiments.forecast import models_of, total
from miaudit.experiments.gpu import gpu_seconds, has_gpu
from miaudit.experiments.paces import Paces
from miaudit.experiments.quick import IN_PROCESS, few_records, outline, quick_config, records_of
from miaudit.experiments.results import RowResult, Run, Scale, made, run_of
from miaudit.experiments.series import series_of
from miaudit.experiments.spec import KnownShares, Named, Row, dataset_of, records_from
from miaudit.presenter import duration
from miaudit.running.base import Runner
from miaudit.running.local import THIS_MACHINE
from miaudit.running.work import training_seconds
from miaudit.seeds import generator
from miaudit.splits.base import Split
from miaudit.store.base import Store
from miaudit.training.device import usable_cores


@dataclass(frozen=True)
class Reproduction:
    """Carries out the rows of experiments."""

    store: Store
    scale: Scale = "paper"
    seeds: int | None = None  # None for the number that the experiment names
    large: bool = False  # run rows marked `gpu` without a GPU, too?
    paces: Paces = field(default_factory=Paces)
    runner: Runner = THIS_MACHINE
    listener: Listener = SILENT
    measured: MeasuredCost = field(default_factory=MeasuredCost)
    few: dict[str, Dataset] = field(default_factory=dict)  # records of quick runs by their source, drawn once

    @property
    def at_once(self) -> int:
        """Number of models that are trained at once, for forecasts; on a GPU they share one forecast."""
        return self.runner.at_once or (usable_cores() if self.paces.device == "cpu" else 1)

    def row(self, named: Named, row: Row, part: int) -> RowResult:
        """The result of one row, or why it was not run. Models that are in the store are not trained again.

        Args:
            named: the experiment.
            row: one of its rows.
            part: the row's number among those of its name.
        """
        start = time.monotonic()
        seeds = 1 if self.scale == "quick" else named.experiment.seeds_of(row, self.seeds)
        configs = [settled(named.config(row, seed)) for seed in range(seeds)]
        if row.gpu and self.scale == "paper" and not (self.large or has_gpu()):
            return _not_run(row, part, configs[0], self._too_long(named, row, configs))
        source = dataset_of(configs[0])
        data = self._data(source, records_of(configs[0]))
        if data is None:
            why = f"data set {source.name} is not on disk; `miaudit datasets` says how to get it"
            return _not_run(row, part, configs[0], why)
        plans = [plan_of_config(quick_config(config) if self.scale == "quick" else config, data) for config in configs]
        works = [work for plan in plans for work in plan.works]
        runner, listener = IN_PROCESS if self.scale == "quick" else self.runner, self.listener
        tally = runner.run(works, data, self.store, listener.report, listener.watch, plans[0].device)
        runs = [run for seed, plan in enumerate(plans) for run in self._runs(named, row, plan, seed)]
        return RowResult(
            name=row.name,
            part=part,
            state="done",
            config=configs[0].as_dict(),
            known=row.known,
            runs=(runs[0], *(run.model_copy(update={"series": {}}) for run in runs[1:])),
            data=plans[0].data.fingerprint,
            made=made(time.monotonic() - start, tally.trained, training_seconds(works, self.store), plans[0].device),
        )

    def _too_long(self, named: Named, row: Row, configs: list[AuditConfig]) -> str:
        """How long the row would take here, and on a GPU."""
        shape, cores = outline(dataset_of(configs[0])), usable_cores()
        here = total(models_of(named, row, shape, self.paces, len(configs)), cores)
        on_gpu = duration(sum(gpu_seconds(plan_of_config(config, shape)) for config in configs))
        took = "" if here is None else f"about {duration(here.seconds)} on {cores} cores, "
        return f"{took}about {on_gpu} on a GPU; `--gpu-rows` runs it without one"

    def _data(self, source: PluginConfig, few: int) -> Dataset | None:
        """All records of a data set, or `few` of them in quick runs; None where they are not on disk."""
        if self.scale == "paper":
            return records_from(source)
        name = f"{few} of {source.model_dump_json()}"
        if name not in self.few:
            self.few[name] = few_records(source, few)
        return self.few[name]

    def _runs(self, named: Named, row: Row, plan: Plan, seed: int) -> Iterator[Run]:
        wanted = named.experiment.series
        for trial, finished in enumerate(self._audits(plan, row.known)):
            series = series_of(finished, wanted) if seed == trial == 0 else {}
            more = beyond(finished, plan, named.experiment.measures, self.measured)
            yield run_of(finished.result, seed, trial, series, more)

    def _audits(self, plan: Plan, known: KnownShares | None) -> Iterator[Finished]:
        """The audit or, where records are known, one audit per trial with other known records."""
        answers = ask(plan, self.store)  # once for all trials: the models of all seeds are trained
        trials = 1 if known is None or self.scale == "quick" else known.trials
        for trial in range(trials):
            tried = plan if known is None else replace(plan, known=known_rows(plan.split, known.share, trial))
            gathered, processes = gather(tried, answers, self.store), self.runner.processes_here
            yield answer(tried.questions, gathered, self.store, listener=self.listener, processes=processes)


def known_rows(split: Split, share: float, trial: int) -> Ints:
    """Rows of known membership: a share of the members and a share of the non-members, drawn anew for each trial.

    Args:
        split: the roles of the records.
        share: share of each side, in (0, 1).
        trial: number of the trial, from 0.
    """
    rng = generator(trial, "known share")
    sides = (split.members, split.nonmembers)
    chosen = [rng.choice(rows, size=max(1, round(share * len(rows))), replace=False) for rows in sides]
    return np.sort(np.concatenate(chosen))


def _not_run(row: Row, part: int, config: AuditConfig, why: str) -> RowResult:
    return RowResult(name=row.name, part=part, state="not run", why=why, config=config.as_dict())
