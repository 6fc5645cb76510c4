"""Audits the evidence in a file: nothing is trained."""

from collections.abc import Mapping

from miaudit.attacks.base import Attack, check_needs
from miaudit.auditing.execution import SILENT, Listener
from miaudit.auditing.gather import gather_file
from miaudit.auditing.known import Knowable, is_dealt, too_few_to_know
from miaudit.auditing.request import FileRequest
from miaudit.auditing.run import Finished, answer
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.store.base import Store
from miaudit.store.upkeep import in_use


def audit_file(
    request: FileRequest, store: Store, listener: Listener = SILENT, processes: int | None = None
) -> Finished:
    """Audit the evidence in a file.

    Args:
        request: the file and the attacks.
        store: where scores are kept.
        listener: informed of the audit's progress.
        processes: number of processes that attacks run on; None for one per core.

    Raises:
        UserError: the file holds no evidence of members and non-members, or lacks what a named attack needs.
    """
    wanted = request.wanted
    gathered = gather_file(request.path, wanted.attacks.values(), request.hints, request.nonmembers)
    knowable = Knowable(gathered.truth, wanted.known_fraction)
    questions = wanted.questions(unmet_in(wanted.attacks, gathered.evidence, knowable), len(gathered.evidence.shadows))
    with in_use(store):
        return answer(questions, gathered, store, listener=listener, processes=processes)


def unmet_in(attacks: Mapping[str, Attack], evidence: Evidence, knowable: Knowable) -> dict[str, str]:
    """Attacks that lack something in this evidence, and what they lack (attack -> reason).

    Args:
        attacks: the attacks by their titles.
        evidence: what the file holds.
        knowable: membership of the audited records, of which attacks may know a share.
    """
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
