"""Members that became exposed, or safe, from one audit to another."""

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from miaudit.arrays import Ids
from miaudit.decisions.comparison import ChangedRecords
from miaudit.decisions.matching import PURPOSE, Pair, truth_of
from miaudit.decisions.saved import SavedAudit

SCHEMA = pa.schema([("audit", pa.string()), ("attack", pa.string()), ("id", pa.string()), ("now", pa.string())])


class Changed(NamedTuple):
    """The members that changed sides at one attack's cuts."""

    attack: str
    members: int  # that both audits judged
    exposed: Ids  # ids of members called members in the second audit only
    safe: Ids  # ids of members called members in the first audit only

    def counts(self, least: int) -> ChangedRecords:
        """The numbers without the ids; those from 1 to `least` - 1 are suppressed."""
        exposed, safe = (None if 0 < len(ids) < least else len(ids) for ids in (self.exposed, self.safe))
        return ChangedRecords(attack=self.attack, members=self.members, exposed=exposed, safe=safe)


def changed(pair: Pair) -> Iterator[Changed]:
    """The members that changed sides, for each attack that has cuts in both audits; nothing without shared members."""
    shared = pair.alike
    members = truth_of(pair.first)[shared.first]
    if not members.any():
        return
    in_first, in_second = shared.first[members], shared.second[members]
    first, second = (audit.needs_scores(PURPOSE) for audit in (pair.first, pair.second))
    ids = first["id"].cast(pa.string()).to_numpy()[in_first]
    for attack in pair.attacks():
        if not (_has_cut(pair.first, attack) and _has_cut(pair.second, attack)):
            continue
        before = first[f"{attack}.member"].to_numpy()[in_first]
        after = second[f"{attack}.member"].to_numpy()[in_second]
        yield Changed(attack, len(ids), ids[after & ~before], ids[before & ~after])


def table_of(name: str, found: list[Changed]) -> pa.Table:
    """One row per attack and member that changed sides: audit, attack, id, and "exposed" or "safe"."""
    rows = [
        {"audit": name, "attack": each.attack, "id": record, "now": now}
        for each in found
        for now, ids in (("exposed", each.exposed), ("safe", each.safe))
        for record in ids
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _has_cut(audit: SavedAudit, attack: str) -> bool:
    table = audit.needs_scores(PURPOSE)
    return f"{attack}.member" in table.column_names and not table[f"{attack}.member"].null_count
