"""Online and offline: whether an attack compares with models that were trained on the audited records."""

from typing import Literal

from miaudit.evidence import Panel

Mode = Literal["auto", "online", "offline"]

DESCRIPTION = "with models trained on the record, or without; auto: online where every record has both"
ONLINE = ", online also on the audited records"  # in what is assumed of the attackers of all audits


def is_online(mode: Mode, panel: Panel) -> bool:
    """Does an attack in this mode read references that were trained on the panel's records?"""
    return mode == "online" or (mode == "auto" and panel.has_insiders)


def of_mode(adversary: str, online: bool) -> str:
    """What is assumed of the attackers of one audit, who train on the audited records only online.

    >>> of_mode(f"Trains models{ONLINE}.", online=True), of_mode(f"Trains models{ONLINE}.", online=False)
    ('Trains models, also on the audited records.', 'Trains models.')
    """
    return adversary.replace(ONLINE, ONLINE.replace("online ", "") if online else "")
