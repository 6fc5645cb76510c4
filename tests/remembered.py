"""The blind attack, which remembers its answers: most audits of the tests ask it about the same records."""

from collections.abc import Callable

from numpy.random import Generator

from miaudit.arrays import Bools
from miaudit.auditing.blind import Blind, attack_blindly
from miaudit.auditing.blind_features import Described
from miaudit.fingerprint import fingerprint


def remembered_attack() -> Callable[[Described, Bools, Generator], Blind]:
    """`attack_blindly`, which computes each answer once."""
    known: dict[str, Blind] = {}

    def attack(records: Described, truth: Bools, rng: Generator) -> Blind:
        asked = fingerprint(records.values, records.copies, truth, str(rng.bit_generator.state))
        if asked not in known:
            known[asked] = attack_blindly(records, truth, rng)
        return known[asked]

    return attack
