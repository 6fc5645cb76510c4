"""Applies a ready-made policy to an audit for which nobody chose one."""

from miaudit.decisions.gate import MEMBER, gate, gate_as_known
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved import SavedAudit
from miaudit.messages import listed

READY_MADE = "strict"


def ready_gate(saved: SavedAudit) -> GateResult | None:
    """Decide by the policy `strict`; None where no policy can be applied, for which `not_decidable` has the reason.

    Without scores, as for a result made for release, it decides as far as the result alone allows.
    """
    if not_decidable(saved):
        return None
    policy = Policy.of(READY_MADE)
    return gate_as_known(saved, policy) if saved.scores is None else gate(saved, policy)


def not_decidable(saved: SavedAudit) -> str:
    """Why no policy can be applied to an audit, as a clause; empty where one can."""
    attacks, target, scores = saved.result.attacks, saved.result.target, saved.scores
    if not attacks:
        return "no attack was run"
    is_known = target.members + target.nonmembers > 0
    if scores is not None:
        is_known = MEMBER in scores.column_names and not scores[MEMBER].null_count
    if not is_known:
        return "it is not known of every record whether the model was trained on it"
    if not target.members:
        return "the audit has no records that the model was trained on"
    if not target.nonmembers:
        return "the audit has no records that the model was not trained on"
    absent = [name for name in attacks if scores is not None and name not in scores.column_names]
    return f"the table of scores has no column of {listed(absent)}" if absent else ""
