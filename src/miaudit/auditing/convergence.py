"""Measures what attacks find with fewer reference models, so that readers see whether more would find more.

Nothing is trained for it: an attack is run again on the evidence of the first 2, 4, 8, ... models of the pool.
"""

import warnings
from collections.abc import Mapping

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks.base import Attack
from miaudit.auditing.cache import judged_key, load_judged, save_judged
from miaudit.auditing.gather import Gathered
from miaudit.auditing.plan import Questions
from miaudit.auditing.result import Convergence, WithModels
from miaudit.auditing.scoring import Judged, score, settled
from miaudit.auditing.shadow_scores import serves
from miaudit.auditing.smaller_pools import is_one_pool, on_records, smaller_pools
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.maths.threads import single_threaded
from miaudit.metrics.paired import ScoresAndTruth, Shared, auc_change
from miaudit.metrics.paired_rates import tpr_change
from miaudit.metrics.roc import auc, tpr_at_fpr
from miaudit.seeds import generator
from miaudit.store.base import Store

FPR = 0.01
# An attack reads every record with every model; one that learns on shadows does so for each of them. Where these
# products are larger, records are drawn at random, so that the measurement takes seconds.
MOST_READ, MOST_LEARNT = 1_000_000, 4_000_000
LEAST_RECORDS = 2_000  # fewer would show nothing at 1 % false positives


def convergence(
    questions: Questions, gathered: Gathered, judged: Mapping[str, Judged], store: Store
) -> tuple[Convergence, ...]:
    """What attacks find with the first 2, 4, 8, ... reference models, and with all of them.

    Measured are the attacks that need reference models and nothing more. What an attack chooses on shadows, such as a
    temperature, is what it chose in the whole audit. An attack is left out if it fails with fewer models, or if its
    sample of records would be too small to show anything.

    Args:
        questions: the attacks and the seed.
        gathered: the evidence and its truth.
        judged: attack -> its scores on all of the evidence.
        store: where scores are kept.
    """
    found = []
    for name, attack in questions.attacks.items():
        if attack.needs.means != "references" or not gathered.evidence.audit.n_references:
            continue
        rows = sample(attack, gathered.evidence, questions.seed)
        with single_threaded():  # as for all scores, so that the number of cores changes no bit
            scores = _by_models(name, attack, questions, gathered, rows, judged[name], store) if len(rows) else {}
        if scores:
            found.append(measured(name, scores, gathered.truth[rows], questions.seed))
    return tuple(found)


def sample(attack: Attack, evidence: Evidence, seed: int) -> Ints:
    """The audited records on which an attack is run with fewer models, sorted; none if these would be too few.

    Args:
        attack: the attack.
        evidence: what was observed.
        seed: of the draw.
    """
    n, models, roles = len(evidence.audit), evidence.audit.n_references, 1 + len(evidence.shadows)
    most = MOST_LEARNT // (models * roles) if attack.learns else MOST_READ // models
    if most >= n:
        return np.arange(n)
    size = most if most >= LEAST_RECORDS else 0
    return np.sort(generator(seed, "convergence").choice(n, size, replace=False))


def _by_models(
    name: str,
    attack: Attack,
    questions: Questions,
    gathered: Gathered,
    rows: Ints,
    judged: Judged,
    store: Store,
) -> dict[int, Floats]:
    """The scores of the sampled records, by number of models, all of them at last; empty if fewer do not serve."""
    evidence, seed = gathered.evidence, questions.seed
    if attack.learns and not is_one_pool(evidence):
        return {}
    chosen = settled(attack, evidence)
    is_sampled = len(rows) < len(evidence.audit)
    part = on_records(evidence, rows) if is_sampled else evidence

    def scored(models: int, smaller: Evidence) -> Floats | None:
        about = f"convergence {models} {len(rows)} {gathered.key}"
        key = judged_key(name, chosen, questions.threshold, about, seed)
        kept = load_judged(store, key, len(rows))
        if kept is None:
            kept = _judged_quietly(name, chosen, smaller, seed)
            if gathered.pinned is not None:
                gathered.pinned.source.check()
            if kept is None:
                return None
            save_judged(store, key, kept)
        return kept.scores

    pools = smaller_pools(part, attack.learns)
    tried = {models: scored(models, smaller) for models, smaller in pools if serves(chosen, smaller)}
    scores = {models: each for models, each in tried.items() if each is not None}
    if not scores:
        return {}
    # What learned on the sampled records is compared with what learned on as few, not on all.
    everything = evidence.audit.n_references
    last = scored(everything, part) if attack.learns and is_sampled else judged.scores[rows]
    return {} if last is None else scores | {everything: last}


def _judged_quietly(name: str, attack: Attack, evidence: Evidence, seed: int) -> Judged | None:
    """The scores of a smaller pool, without warnings about it; None where the attack cannot cope with so few models."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Judged(score(name, attack, evidence, seed), None, {})
        except UserError:
            return None


def measured(name: str, scores: Mapping[int, Floats], truth: Bools, seed: int) -> Convergence:
    """The numbers of one attack.

    Args:
        name: the attack's title.
        scores: number of models -> scores (n,); at least two, the fewest models first.
        truth: (n,) which records are members.
        seed: of the bootstrap behind the gain's interval.
    """
    before, last = (ScoresAndTruth(each, truth) for each in list(scores.values())[-2:])
    everyone = np.arange(len(truth))
    same = Shared(everyone, everyone)
    return Convergence(
        attack=name,
        records=len(truth),
        steps=tuple(
            WithModels(models=models, auc=auc(each, truth), tpr=tpr_at_fpr(each, truth, FPR))
            for models, each in scores.items()
        ),
        auc_gain=auc_change(before, last, same).at(0.95),
        tpr_gain=tpr_change(before, last, same, FPR, seed).at(0.95),
    )
