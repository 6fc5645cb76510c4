import numpy as np
import pyarrow as pa

from miaudit.auditing.scored_records import ScoredRecords
from miaudit.report.twins import Twins, twins

SCORES = np.arange(10.0)


def records(**scores: np.ndarray) -> ScoredRecords:
    columns = {"id": np.arange(10), "label": np.zeros(10, dtype=np.int64), "member": SCORES > 4}
    return ScoredRecords.from_table(pa.table(columns | scores), tuple(scores))


def test_the_same_ranking_with_other_scores_is_said() -> None:
    found = twins(records(a=SCORES, b=np.exp(SCORES), c=-SCORES))
    assert found.by_score == ()
    assert [text.split(",")[0] for text in found.by_ranking] == ["a and b rank all records alike"]


def test_mostly_equal_scores_are_counted() -> None:
    mostly, half = (np.where(np.arange(10) < number, -1.0 - SCORES, SCORES) for number in (4, 5))
    found = twins(records(a=SCORES, b=mostly))
    assert [text.split(",")[0] for text in found.by_score] == ["a and b give 6 of 10 records the same score"]
    assert twins(records(a=SCORES, b=half)) == Twins((), ())
