import numpy as np
import pytest

from miaudit.cli.drawn_roc import HEIGHT, MARGIN, WIDTH, drawn_roc


def cells(scores: object, member: object) -> list[str]:
    """The rows of the plot, without frame and labels."""
    lines = list(drawn_roc(np.asarray(scores, dtype=float), np.asarray(member, dtype=bool)))
    assert max(map(len, lines)) <= 60
    return [line[MARGIN + 2 :].ljust(WIDTH) for line in lines[:HEIGHT]]


MEMBER = np.arange(2000) < 1000


def test_a_perfect_attack_lies_on_the_top() -> None:
    rows = cells(MEMBER, MEMBER)
    assert rows[0] == "●" * WIDTH
    assert "●" not in "".join(rows[1:])


def test_an_attack_that_finds_nobody_lies_on_the_floor() -> None:
    rows = cells(~MEMBER, MEMBER)
    assert rows[-1][:-1] == "●" * (WIDTH - 1)


def test_equal_scores_lie_on_the_line_of_guessing() -> None:
    rows = cells(np.zeros(2000), MEMBER)
    assert "·" not in "".join(rows)
    heights = [next(place for place, row in enumerate(rows) if row[column] == "●") for column in range(WIDTH)]
    assert heights == sorted(heights, reverse=True)
    assert (heights[0], heights[-1]) == (HEIGHT - 1, 0)


def test_a_step_stands_where_it_was_made() -> None:
    """Of 1,000 members, 100 outrank all others: the curve begins at a TPR of 10 %, a third below the top."""
    scores = np.where(np.arange(2000) < 100, 2.0, np.where(MEMBER, 0.0, 1.0))
    rows = cells(scores, MEMBER)
    assert rows[round((HEIGHT - 1) / 3)].startswith("●" * (WIDTH // 2))


@pytest.mark.parametrize(("records", "lowest"), [(2000, "0.1 %"), (400, "1 %"), (30, "10 %")])
def test_the_axes_end_where_the_records_end(records: int, lowest: str) -> None:
    member = np.arange(records) < records // 2
    lines = list(drawn_roc(np.arange(records)[::-1].astype(float), member))
    assert lines[HEIGHT - 1].startswith(f"{lowest:>{MARGIN}} │")
    assert lines[-1].split("%")[0].strip() == lowest.removesuffix(" %")
    assert lines[-1].rstrip().endswith("100 %")
