"""What an attacker is assumed to know in one audit, where that depends on the audit."""

import numpy as np
import pytest

from miaudit.arrays import Bools
from miaudit.attacks.base import Assumes
from miaudit.attacks.bavaria import Bavaria
from miaudit.attacks.kde import Kde
from miaudit.attacks.label_only import LabelOnly
from miaudit.attacks.lira import Lira
from miaudit.attacks.quantile import Quantile
from miaudit.attacks.rmia import Rmia
from miaudit.evidence import Evidence, Panel

NONE = np.zeros((2, 40), dtype=bool)
BOTH = np.stack([np.ones(40, dtype=bool), np.zeros(40, dtype=bool)])
SOME = BOTH & (np.arange(40) < 35)  # for lira, enough records to predict the others' centres


def panel(inside: Bools | None) -> Panel:
    logits, labels = np.zeros((40, 2)), np.zeros(40, dtype=np.int64)
    return Panel.of(logits, labels) if inside is None else Panel.of(logits, labels, np.zeros((2, 40, 2)), inside)


@pytest.mark.parametrize(
    ("attack", "inside", "ending"),
    [
        (Lira(), BOTH, "reference models on data of the same distribution, also on the audited records."),
        (Lira(), SOME, "reference models on data of the same distribution, also on the audited records."),
        (Lira(), NONE, "reference models on data of the same distribution."),
        (Lira(mode="offline"), BOTH, "reference models on data of the same distribution."),
        (Bavaria(), BOTH, "reference models on data of the same distribution, also on the audited records."),
        (Bavaria(mode="offline"), BOTH, "reference models on data of the same distribution."),
        (Rmia(), BOTH, "trains reference models, also on the audited records."),
        (Rmia(), NONE, "trains reference models."),
        (Kde(), None, "knows of some records whether the target was trained on them."),
        (Kde(source="shadow"), None, "trains a shadow model on data of the same distribution."),
        (Quantile(), NONE, "that the target was not trained on; trains reference models."),
        (Quantile(), None, "that the target was not trained on."),
        (LabelOnly(), NONE, "knows the record's label; trains reference models on data of the same distribution."),
        (LabelOnly(calibration="none"), NONE, "and knows the record's label."),
        (LabelOnly(), None, "and knows the record's label."),
    ],
    ids=str,
)
def test_an_attacker_is_assumed_to_have_what_the_attack_uses(
    attack: Assumes, inside: Bools | None, ending: str
) -> None:
    text = attack.assumes(Evidence(audit=panel(inside)))
    assert text.startswith("Queries the target for ")
    assert text.endswith(ending)
    assert text.count(".") == 1
