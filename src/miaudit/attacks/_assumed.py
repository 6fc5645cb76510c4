"""Words on what the attackers of one audit are assumed to have."""

ONLINE = ", online also on the audited records"


def of_mode(adversary: str, is_online: bool) -> str:
    """An adversary who trains on the audited records only online, in the mode of one audit.

    >>> of_mode(f"Trains models{ONLINE}.", is_online=True), of_mode(f"Trains models{ONLINE}.", is_online=False)
    ('Trains models, also on the audited records.', 'Trains models.')
    """
    return adversary.replace(ONLINE, ", also on the audited records" if is_online else "")
