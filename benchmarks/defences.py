"""The table of the documentation from a comparison of defences that was run before.

    miaudit audit examples/defences.yaml --out defences
    python benchmarks/defences.py defences --day 2026-01-31 --out docs/defences.md

Reads `defences.json` and puts one row per defence and attacker in its place in the page; computes nothing.
"""

import argparse
from pathlib import Path

from _page import BEGIN, END, put_numbers
from miaudit.auditing.defences_result import DefencesResult, Defended, Leakage
from miaudit.auditing.files import DEFENCES
from miaudit.metrics.quantity import Quantity

HEAD = ("defence", "train", "test", "attacker", "highest AUC", "by", "TPR at 1 % FPR", "by", "epsilon")


def lines(row: Defended) -> list[str]:
    """A line an attacker."""
    epsilon = "" if row.guarantee is None else row.guarantee.text
    facts = [f"`{row.title}`", percent(row.train_accuracy), percent(row.test_accuracy)]
    return [
        "| " + " | ".join([*facts, attacker if row.is_defended else "–", *leaks(found), epsilon]) + " |"
        for attacker, found in row.distinct.items()
    ]


def leaks(found: Leakage) -> list[str]:
    """The highest AUC and the highest rate, each with the attack that has it."""
    strongest, highest = found.strongest, found.highest("0.01")
    area = ["–", ""] if strongest is None else [found.attacks[strongest].auc.text(), f"`{strongest}`"]
    rate = ["–", ""] if highest is None else [interval(highest[1]), f"`{highest[0]}`"]
    return [*area, *rate]


def percent(quantity: Quantity) -> str:
    """An accuracy."""
    return "–" if quantity.value is None else f"{quantity.value:.1%}"


def interval(quantity: Quantity) -> str:
    """A rate with its interval."""
    if quantity.value is None or quantity.low is None or quantity.high is None:
        return "–"
    return f"{quantity.value:.1%} [{quantity.low:.1%}, {quantity.high:.1%}]"


def report(found: DefencesResult, day: str) -> str:
    """The table with what it was made of."""
    made = found.provenance
    return "\n".join(
        [
            BEGIN,
            f"{found.description}: {found.members:,} members, {found.nonmembers:,} non-members; seed {made.seed}.",
            "",
            "| " + " | ".join(HEAD) + " |",
            "|" + "---|" * len(HEAD),
            *(line for row in found.rows for line in lines(row)),
            "",
            f"`miaudit audit examples/defences.yaml`, {day}, miaudit {made.miaudit}, "
            f"torch {made.libraries.get('torch')}, {made.machine}; "
            f"{found.cost.models_trained + found.cost.models_cached} models.",
            END,
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the comparison's folder")
    parser.add_argument("--day", required=True, help="when it was run, as 2026-01-31")
    parser.add_argument("--out", type=Path, help="page whose numbers are replaced")
    options = parser.parse_args()
    found = DefencesResult.model_validate_json((options.folder / DEFENCES).read_bytes())
    numbers = report(found, options.day)
    print(numbers)
    if options.out is not None:
        put_numbers(options.out, numbers)


if __name__ == "__main__":
    main()
