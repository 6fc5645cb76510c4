"""From a configuration to what can be run."""

from pathlib import Path

import numpy as np

from miaudit import registry
from miaudit.attacks.base import Attack, check_needs
from miaudit.auditing.defended import Recipes, recipes_of
from miaudit.auditing.gather import gather_file
from miaudit.auditing.known import Knowable, is_dealt, too_few_to_know
from miaudit.auditing.needed import only_needed
from miaudit.auditing.plan import (
    Plan,
    Questions,
    applicable,
    auxiliary_works,
    target_work,
    unmet,
)
from miaudit.auditing.precision import settled
from miaudit.auditing.run import Finished, answer, run
from miaudit.auditing.size import check_size
from miaudit.config import AuditConfig
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.running.base import Progress, Runner, Watch, silent, unwatched
from miaudit.running.local import THIS_MACHINE
from miaudit.splits.base import FEWEST, Split
from miaudit.store.checkpoints import Store
from miaudit.store.upkeep import in_use
from miaudit.training.defended import network_recipe
from miaudit.training.device import resolve


def run_config(
    config: AuditConfig,
    store: Store,
    runner: Runner = THIS_MACHINE,
    progress: Progress = silent,
    plan: Plan | None = None,
    watch: Watch = unwatched,
) -> Finished:
    """The audit that a configuration describes; `plan` is its plan, where it was made already."""
    if config.evidence is not None:
        return audit_file(config.evidence, config, store, progress, runner.processes_here)
    return run(plan or plan_of(config), store, runner, progress, watch)


def audit_file(
    path: Path, config: AuditConfig, store: Store, progress: Progress = silent, jobs: int | None = None
) -> Finished:
    """Audit the evidence in a file; attacks run on `jobs` processes, or one per core."""
    attacks = attacks_of(config)
    gathered = gather_file(path, attacks.values())
    knowable = Knowable(gathered.truth, config.known_fraction)
    questions = questions_of(config, attacks, unmet_in(attacks, gathered.evidence, knowable))
    with in_use(store):
        return answer(questions, gathered, store, progress=progress, jobs=jobs)


def plan_of(config: AuditConfig, loaded: Dataset | None = None) -> Plan:
    """Load the data unless they are, split them, and lay out the models; nothing is trained yet."""
    if config.defences:
        raise UserError("`defences` describe several audits: take them one by one, or use `defence`")
    config, device = settled(config), resolve(config.device)
    how = recipes_of(config)
    data = loaded or data_of(config)
    for recipe in (how.target, how.shadow, how.reference):
        if (network := network_recipe(recipe)) is not None:
            check_size(network.model, data.x.shape[1:], data.classes)
    split = _split_of(config, how, len(data))
    attacks = attacks_of(config)
    questions = questions_of(config, attacks, unmet(attacks, split, config.known_fraction))
    whole = Plan(
        data=data,
        split=split,
        target=target_work(data, split, how.target, config.seed, device),
        auxiliary=auxiliary_works(data, split, how.shadow, how.reference, config.seed, device),
        recipe=how.target,
        questions=questions,
        device=device,
        shown=how.shown,
        guarantee=how.guarantee(len(split.members)),
        defence="" if config.defence is None else config.defence.title,
    )
    return only_needed(whole)


def data_of(config: AuditConfig) -> Dataset:
    """Load the data set."""
    if config.dataset is None:
        raise ValueError("a configuration without evidence has a dataset")
    data: Dataset = config.dataset.build("datasets").load()
    return data


def _split_of(config: AuditConfig, how: Recipes, n: int) -> Split:
    if config.split is None:
        raise ValueError("a configuration without evidence has a split")
    split: Split = config.split.build("splits").split(n, config.seed)
    if min(len(split.members), len(split.nonmembers)) < FEWEST:
        raise UserError(f"expected at least {FEWEST} members and non-members, the split gives fewer: enlarge its parts")
    if config.reference_recipe and np.isin(split.references, [shadow.model for shadow in split.shadows]).any():
        raise UserError("`reference_recipe` needs references that are no shadows: leave it out with a pool")
    return how.split(split, config.seed)


def attacks_of(config: AuditConfig) -> dict[str, Attack]:
    """The attacks that the configuration names, or all where it names none."""
    return {attack.title: attack.build() for attack in config.attacks} or all_attacks()


def check_questions(config: AuditConfig) -> None:
    """Raise UserError if an attack or the threshold does not exist, before anything is read."""
    attacks_of(config)
    config.threshold.build("thresholds")


def questions_of(config: AuditConfig, attacks: dict[str, Attack], skipped: dict[str, str]) -> Questions:
    """The attacks that apply; raises UserError where the configuration names one that does not."""
    return Questions(
        attacks=applicable(attacks, skipped, named=bool(config.attacks)),
        threshold=config.threshold.build("thresholds"),
        seed=config.seed,
        known_fraction=config.known_fraction,
        skipped=skipped,
        config=config.as_dict(),
    )


def all_attacks() -> dict[str, Attack]:
    """Every attack with its default hyper-parameters."""
    return {name: registry.build("attacks", name, {}) for name in registry.names("attacks")}


def unmet_in(attacks: dict[str, Attack], evidence: Evidence, knowable: Knowable) -> dict[str, str]:
    """Attacks that lack something in this evidence, and what; they may know a share of the audited records."""
    members = int(knowable.truth.sum())
    too_few = too_few_to_know(members, len(knowable.truth) - members, knowable.fraction)
    skipped = {}
    for name, attack in attacks.items():
        dealt = is_dealt(attack, evidence)
        if dealt and too_few is not None:
            skipped[name] = too_few
            continue
        try:
            check_needs(name, attack, evidence.part(evidence.audit, evidence.audit) if dealt else evidence)
        except UserError as error:
            skipped[name] = str(error).removeprefix(f"attack {name} ")
    return skipped
