"""The exposure of every record as one table, with ids that can be hashed under a secret key."""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.auditing.grouped import ALPHA
from miaudit.decisions.exposed import check_alpha, known_records
from miaudit.decisions.over_models import over_models
from miaudit.decisions.saved import SavedAudit
from miaudit.decisions.standings import standings
from miaudit.decisions.worth import log_ratios
from miaudit.errors import UserError
from miaudit.evidence import Panel
from miaudit.messages import shortened
from miaudit.reading.path import check_file

FEWEST = 16  # bytes of a key
MOST = 2**20
ENVIRONMENT = "env:"


def export(audit: SavedAudit, panel: Panel | None = None, alpha: float = ALPHA, key: bytes | None = None) -> pa.Table:
    """One row per record: its truth, its standing by each attack, whether it is named, and how hard it is.

    Args:
        audit: a finished audit with its scores.
        panel: the audited records with the outputs of the pool's models; None where they are not at hand.
        alpha: precision at which records are named, in (0, 1).
        key: secret under which ids are hashed (HMAC-SHA256). The place of a record in the data and the columns that
            were kept with it are then left out, and rows come in the order of the hashes. None for ids as they are.

    Raises:
        UserError: alpha is out of range, or the truth is not known.
    """
    check_alpha(alpha)
    records = known_records(audit)
    found = standings(records, alpha if audit.result.verdict.level == "leaks" else None)
    named = np.zeros(len(records), dtype=bool) if found.naming is None else found.naming.named
    columns: dict[str, Any] = {
        "id": records.ids if key is None else hashed(records.ids.astype(np.str_).tolist(), key),
        "label": records.labels,
        "member": records.member,
        "named": named,
    }
    for name, attack in found.attacks.items():
        columns |= {name: attack.scores, f"{name}.rank": attack.rank, f"{name}.tied": attack.tied}
        columns[f"{name}.as_high"] = attack.as_high / np.maximum(found.others, 1)
        columns |= {} if attack.called is None else {f"{name}.member": attack.called}
        worth = log_ratios(audit.result.attacks[name], attack.scores)
        columns |= {} if worth is None else {f"{name}.log_ratio": worth}
    optional = {"fit": records.loss, "reference_fit": records.reference_loss, "harder_than": found.harder_than}
    columns |= {
        name: values for name, values in {**optional, "calibrated": found.calibrated}.items() if values is not None
    }
    models = None if panel is None else over_models(panel)
    if models is not None:
        columns |= {f"models.{name}": values for name, values in models._asdict().items()}
    if key is None:
        return pa.table(columns | _kept(audit))
    return pa.table(columns).sort_by("id")  # the order of the rows would tell which record is which


def hashed(ids: list[str], key: bytes) -> list[str]:
    """HMAC-SHA256 of each id in hexadecimal digits: the same id and key give the same digits.

    >>> hashed(["PAT-0"], b"sixteen bytes or more")[0][:16]
    'a0fa7f3160296d3f'
    """
    return [hmac.new(key, name.encode(), hashlib.sha256).hexdigest() for name in ids]


def read_key(place: str) -> bytes:
    """The secret in a file, or in the environment variable that `env:NAME` names; blanks around it do not count.

    Raises:
        UserError: there is no such file or variable, or the secret is shorter than 16 bytes or longer than a megabyte.
    """
    if place.startswith(ENVIRONMENT):
        key = os.environ.get(place.removeprefix(ENVIRONMENT), "").encode()
    else:
        check_file(Path(place), "a secret key", MOST)
        key = Path(place).read_bytes()
    if len(key.strip()) < FEWEST:
        raise UserError(
            f"--hash-ids: expected a secret of at least {FEWEST} bytes in {shortened(place)}, got {len(key.strip())}; "
            "make one by: openssl rand -hex 32 > ids.key"
        )
    return key.strip()


def _kept(audit: SavedAudit) -> dict[str, Any]:
    """The place of each record in the data, and the columns that were kept with it."""
    table = audit.needs_scores("an export")
    return {
        name: table[name] for name in table.column_names if name in ("position", "class") or name.startswith("column.")
    }
