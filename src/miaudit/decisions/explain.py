"""Explains one record: what each attack makes of it, what is decided, and why."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.auditing.grouped import ALPHA
from miaudit.auditing.result.attacks import AttackResult
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.decisions.explanation import Alike, AttackOnRecord, Explanation, Guarantee, NamedByAttack, OtherModels
from miaudit.decisions.exposed import check_alpha, known_records
from miaudit.decisions.naming import NamedNow, named_now
from miaudit.decisions.over_models import OverModels, over_models
from miaudit.decisions.reasons import reasons
from miaudit.decisions.saved import SavedAudit
from miaudit.decisions.standings import Standings, standings
from miaudit.decisions.worth import log_ratios
from miaudit.errors import UserError
from miaudit.evidence import Panel
from miaudit.messages import did_you_mean, shortened
from miaudit.metrics.intervals import proportion

MOST_ALIKE = 50  # non-members that are as hard as the record


def explain(audit: SavedAudit, record: int | str, panel: Panel | None = None, alpha: float = ALPHA) -> Explanation:
    """Say why a record is exposed, or is not.

    Args:
        audit: a finished audit with its scores.
        record: its id, as the user gave it; its number or place, such as "members:17", where records have no ids.
        panel: the audited records with the outputs of the pool's models, in the order of the scores; None where they
            are not at hand.
        alpha: precision of the cut, read off with the truth, above which the record may lie, in (0, 1).

    Raises:
        UserError: there is no such record, alpha is out of range, or the truth is not known.
    """
    check_alpha(alpha)
    row = row_of(known_records(audit), record)
    return explanations(audit, [row], panel, alpha)[row]


def explanations(
    audit: SavedAudit, rows: Sequence[int], panel: Panel | None = None, alpha: float = ALPHA
) -> dict[int, Explanation]:
    """Explain several records, by their rows in the table of scores; see `explain`."""
    check_alpha(alpha)
    records = known_records(audit)
    found = standings(records, alpha if audit.result.verdict.level == "leaks" else None)
    now = named_now(audit.result, records)
    models = None if panel is None else over_models(panel)
    return {row: _explanation(audit, _All(found, now, models), row, alpha) for row in rows}


def row_of(records: ScoredRecords, record: int | str) -> int:
    """The row of the record with this id, a number or its text; raises UserError where there is none."""
    ids = records.ids.astype(np.str_)
    rows = np.flatnonzero(ids == str(record))
    if not len(rows):
        raise UserError(f"the audit has no record {shortened(record)}: {did_you_mean(str(record), ids.tolist())}")
    return int(rows[0])


class _All(NamedTuple):
    """What is known of all records."""

    standings: Standings
    named: NamedNow | None
    models: OverModels | None


def _explanation(audit: SavedAudit, of: _All, row: int, alpha: float) -> Explanation:
    found, models = of.standings, of.models
    records, beyond = found.records, found.calibrated_as_high
    strength = {name: attack.auc.value or 0.0 for name, attack in audit.result.attacks.items()}
    plain = Explanation(
        id=int(records.ids[row]) if records.ids.dtype.kind == "i" else str(records.ids[row]),
        label=int(records.labels[row]),
        member=bool(records.member[row]),
        attacks={
            name: _attack(found, audit.result.attacks[name], name, row)
            for name in sorted(found.attacks, key=lambda name: -strength[name])
        },
        named=None if of.named is None else _named(of.named, row),
        decision=_decision(found, row, alpha),
        fit=_at(records.loss, row),
        reference_fit=_at(records.reference_loss, row),
        harder_than=_at(found.harder_than, row),
        calibrated=_at(found.calibrated, row),
        calibrated_as_high=None if beyond is None else proportion(int(beyond[row]), int(found.others[row])),
        alike=_alike(records, row),
        models=None if models is None else _models(models, row),
        sentences=(),
    )
    target = audit.result.target
    return plain.model_copy(update={"sentences": reasons(plain, target.outputs, target.class_name(plain.label))})


def _attack(found: Standings, result: AttackResult, name: str, row: int) -> AttackOnRecord:
    attack = found.attacks[name]
    return AttackOnRecord(
        score=float(attack.scores[row]),
        rank=int(attack.rank[row]),
        of=len(attack.scores),
        tied=int(attack.tied[row]),
        as_high=proportion(int(attack.as_high[row]), int(found.others[row])),
        called=None if attack.called is None else bool(attack.called[row]),
        log_ratio=_at(log_ratios(result, attack.scores), row),
    )


def _named(now: NamedNow, row: int) -> NamedByAttack:
    return NamedByAttack(
        attack=now.attack,
        own_cut=now.own_cut,
        number=now.number,
        members=now.members,
        precision=now.precision,
        included=bool(now.named[row]),
    )


def _decision(found: Standings, row: int, alpha: float) -> Guarantee | None:
    naming = found.naming
    if naming is None:
        return None
    number, precision = naming.found.number, naming.found.precision
    return Guarantee(
        attack=naming.attack, alpha=alpha, number=number, precision=precision, named=bool(naming.named[row])
    )


def _at(values: Floats | None, row: int) -> float | None:
    return None if values is None or np.isnan(values[row]) else float(values[row])


def _alike(records: ScoredRecords, row: int) -> Alike | None:
    """Compare with the other non-members of its class that are nearest in difficulty."""
    fit, difficulty = records.loss, records.reference_loss
    if fit is None or difficulty is None:
        return None
    others = np.flatnonzero(~records.member & (records.labels == records.labels[row]))
    others = others[others != row]
    near = others[np.argsort(np.abs(difficulty[others] - difficulty[row]), kind="stable")[:MOST_ALIKE]]
    return Alike(compared=len(near), fitted_as_well=int((fit[near] >= fit[row]).sum()))


def _models(models: OverModels, row: int) -> OtherModels:
    trained, others = int(models.trained[row]), int(models.others[row])
    return OtherModels(
        trained=trained,
        found=proportion(int(models.found[row]), trained),
        others=others,
        accused=proportion(int(models.accused[row]), others),
        fit_trained=_at(models.fit_trained, row),
        fit_others=_at(models.fit_others, row),
    )
