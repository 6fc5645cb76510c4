"""Finds attacks whose numbers agree because they rank records alike, so that equal columns are no surprise."""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from miaudit.auditing.scored_records import ScoredRecords
from miaudit.presenter import count
from miaudit.report.cut import dense_ranks


class Twins(NamedTuple):
    """Sentences on pairs of attacks."""

    by_ranking: tuple[str, ...]  # they rank all records alike
    by_score: tuple[str, ...]  # they give most records, but not all, the same score


def twins(records: ScoredRecords) -> Twins:
    """The pairs of attacks with the same ranking, and of the others those with mostly the same scores."""
    ranks = {name: dense_ranks(scores).rank for name, scores in records.scores.items()}
    by_ranking, by_score = [], []
    for one, other in combinations(records.scores, 2):
        same = int(np.sum(records.scores[one] == records.scores[other]))
        if np.array_equal(ranks[one], ranks[other]):
            by_ranking.append(
                f"{one} and {other} rank all records alike, so their numbers are the same, but for those at their own "
                "cuts."
            )
        elif 2 * same > len(records):
            by_score.append(
                f"{one} and {other} give {count(same)} of {count(len(records))} records the same score, so their "
                "columns agree there. They differ in the other records, so that the same score can have another rank, "
                "and in their own cuts."
            )
    return Twins(tuple(by_ranking), tuple(by_score))
