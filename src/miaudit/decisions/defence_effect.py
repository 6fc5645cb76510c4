"""The measured effect of one defence, as an example of what a defence can do. `docs/defences.md` has the others."""

from typing import NamedTuple


class DefenceEffect(NamedTuple):
    """What a defence did to the strongest attack and to the accuracy of one model."""

    defence: str  # its title, as a configuration makes it
    name: str  # its name in a configuration
    model: str  # in words
    auc: tuple[float, float]  # highest AUC without and with it, by attackers who know of it
    accuracy: tuple[float, float]  # test accuracy without and with it, in per cent


# `miaudit audit examples/defences.yaml`, 2026-11-22; the tests compare it with the table in docs/defences.md.
EXAMPLE = DefenceEffect(
    defence="selena[models=5,left_out=2]",
    name="selena",
    model="a small network for photos (LeNet-5, CIFAR-10)",
    auc=(0.694, 0.576),
    accuracy=(48.1, 46.8),
)
