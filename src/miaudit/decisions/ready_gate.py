"""Applies a ready-made policy to an audit for which nobody chose one."""

from miaudit.decisions.gate import MEMBER, gate, gate_as_known
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved import SavedAudit

READY_MADE = "strict"


def ready_gate(saved: SavedAudit) -> GateResult | None:
    """Decide by the policy `strict`; None where no attack ran or the truth of some records is unknown.

    Without scores, as for a result made for release, it decides as far as the result alone allows.
    """
    result, scores = saved.result, saved.scores
    if not (result.attacks and result.target.members and result.target.nonmembers):
        return None
    policy = Policy.of(READY_MADE)
    if scores is None:
        return gate_as_known(saved, policy)
    return None if scores[MEMBER].null_count else gate(saved, policy)
