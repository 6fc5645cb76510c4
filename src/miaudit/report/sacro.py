"""An audit in the layout of the attack reports that SACRO-ML writes (`report.json`), for the tools that read them.

The layout is that of sacroml 2.0: one entry for each attack, with `metadata` and `attack_experiment_logger`, and in it
one instance with the metrics. docs/pack.md says in what the numbers differ.
"""

import json
import math
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from scipy import stats

from miaudit.arrays import Bools, Floats
from miaudit.auditing.result import AttackResult, AuditResult, Decision
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.decisions.saved import SavedAudit
from miaudit.decisions.withheld import is_small
from miaudit.maths.counts import counts
from miaudit.messages import printable_json
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import tpr_at_fpr

KEY = re.compile(r"[^A-Za-z0-9 _-]")  # what the layout does not allow in the key of an entry
SHARES = {"01": 0.1, "02": 0.2, "001": 0.01}  # of the records, by the ends of their metrics' names
RATES = (0.5, 0.2, 0.1)  # FPRs of the layout that a result does not hold
LEAST_LOG_P = -115.13  # of the layout, for p-values below 1e-50
SIGNIFICANT = 0.05


def sacro(audit: SavedAudit) -> str:
    """The report as JSON.

    Where the audit's result was made for release, no metric rests on fewer records than the release allows, and those
    that would are left out. Without scores, so are metrics that only scores give.
    """
    result = audit.result
    records = None if audit.scores is None else ScoredRecords.from_table(audit.scores, tuple(result.attacks))
    content = {}
    for name, attack in result.attacks.items():
        scores = None if records is None else (records.scores[name][records.known], records.member[records.known])
        entry = _entry(result, name, attack, scores)
        content[KEY.sub("_", f"{name}_{entry['log_id']}")] = entry
    return printable_json(json.dumps(content, indent=1, ensure_ascii=False)) + "\n"


def _entry(result: AuditResult, name: str, attack: AttackResult, scores: tuple[Floats, Bools] | None) -> dict[str, Any]:
    origin, finished = result.provenance, result.cost.finished
    log = uuid.uuid5(uuid.NAMESPACE_OID, f"{origin.data} {origin.seed} {finished} {name}")  # the same in every export
    time = "" if finished is None else datetime.fromisoformat(finished).strftime("%d/%m/%Y %H:%M:%S")
    metrics = dict(_metrics(result, name, attack, scores))
    return {
        "log_id": str(log),
        "log_time": time,
        "metadata": {
            "sacroml_version": f"none; miaudit {origin.miaudit}",
            "attack_name": name,
            "attack_params": attack.params,
            "global_metrics": _global(result, attack, metrics),
            "target_model": result.target.description,
        },
        "attack_experiment_logger": {"attack_instance_logger": {"instance_0": metrics}},
    }


def _global(result: AuditResult, attack: AttackResult, metrics: dict[str, Any]) -> dict[str, Any]:
    """Metrics of the whole experiment, those of the layout first."""
    deviation = _null_deviation(result.target.members, result.target.nonmembers)
    ours = {"AUC_low": attack.auc.low, "AUC_high": attack.auc.high, "epsilon_low": attack.epsilon.low}
    found: dict[str, Any] = {f"miaudit_{key}": value for key, value in ours.items() if value is not None}
    if "P_HIGHER_AUC" in metrics:
        is_significant = metrics["P_HIGHER_AUC"] <= SIGNIFICANT
        found["AUC_sig"] = f"{'Significant' if is_significant else 'Not significant'} at p={SIGNIFICANT}"
        found["null_auc_3sd_range"] = f"{0.5 - 3 * deviation} -> {0.5 + 3 * deviation}"
    return found | {"miaudit_verdict": result.verdict.level, "miaudit_decision_rule": attack.decision.rule}


def _metrics(
    result: AuditResult, name: str, attack: AttackResult, scores: tuple[Floats, Bools] | None
) -> Iterator[tuple[str, Any]]:
    """The metrics of one attack under the layout's names, as far as they are known."""
    target = result.target
    yield from _at_the_cut(attack.decision)
    if attack.auc.value is not None:
        yield "AUC", attack.auc.value
        deviation = _null_deviation(target.members, target.nonmembers)
        yield "P_HIGHER_AUC", float(stats.norm.sf(attack.auc.value, loc=0.5, scale=deviation))
    least = 0 if result.release is None else result.release.least
    if scores is not None:
        for end, share in SHARES.items():
            yield from _extremes(*scores, share, end, least)
        found = {str(fpr): tpr_at_fpr(*scores, fpr) for fpr in RATES}
        yield from _rates(found, target.members, least)
    yield from _rates(attack.tpr_at_fpr, target.members, least)
    if result.release is not None and name in result.release.roc:
        yield "fpr", [point.fpr for point in result.release.roc[name]]
        yield "tpr", [point.tpr for point in result.release.roc[name]]
    yield "n_pos_test_examples", target.members
    yield "n_neg_test_examples", target.nonmembers


def _at_the_cut(decision: Decision) -> Iterator[tuple[str, float]]:
    """Rates where the attack calls a record a member; nothing where the counts are unknown or withheld."""
    tp, fp, tn, fn = decision.tp, decision.fp, decision.tn, decision.fn
    if tp is None or fp is None or tn is None or fn is None:
        return
    tpr, fpr = _part(tp, fn), _part(fp, tn)
    yield from {"TPR": tpr, "FPR": fpr, "FAR": _part(fp, tp), "TNR": _part(tn, fp), "PPV": _part(tp, fp)}.items()
    yield from {"NPV": _part(tn, fn), "FNR": _part(fn, tp), "ACC": (tp + tn) / (tp + fp + tn + fn)}.items()
    yield "F1score", _part(2 * tp, fp + fn)
    yield "Advantage", abs(tpr - fpr)


def _part(count: int, others: int) -> float:
    """The share of the count in both together; 0 where there is nothing, as in the layout."""
    return count / (count + others) if count + others else 0.0


def _rates(found: dict[str, Quantity], members: int, least: int) -> Iterator[tuple[str, float]]:
    for fpr, rate in found.items():
        if rate.value is not None and not is_small(rate.value * members, members, least):
            yield f"TPR@{fpr}", rate.value


def _extremes(scores: Floats, member: Bools, share: float, end: str, least: int) -> Iterator[tuple[str, float]]:
    """Shares of members among the highest and the lowest scores, their difference, and minus the log of its p-value.

    Of records with the same score, a part counts as if it held its share of members.
    """
    picked = math.ceil(share * len(scores))
    _, tp, fp = counts(scores, member)
    above = np.append(0, tp + fp)
    found = np.interp([picked, len(scores) - picked], above, np.append(0, tp))
    high, low = float(found[0]), float(tp[-1] - found[1])
    if is_small(high, picked, least) or is_small(low, picked, least):
        return
    difference, base = (high - low) / picked, float(member.mean())
    deviation = math.sqrt(2.0 * base * (1.0 - base) / picked)
    log_p = max(LEAST_LOG_P, float(stats.norm.logsf(difference, scale=deviation)))
    yield f"FMAX{end}", high / picked
    yield f"FMIN{end}", low / picked
    yield f"FDIF{end}", difference
    yield f"PDIF{end}", -log_p


def _null_deviation(members: int, nonmembers: int) -> float:
    """Standard deviation of the AUC of scores that have nothing to do with membership (Hanley & McNeil 1982)."""
    return math.sqrt((members + nonmembers + 1) / (12.0 * members * nonmembers))
