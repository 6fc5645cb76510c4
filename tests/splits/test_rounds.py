import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from miaudit.seeds import generator
from miaudit.splits._rounds import draw_in_rounds


@given(sizes=st.lists(st.integers(0, 10), min_size=1, max_size=12), more=st.integers(0, 20), seed=st.integers(0, 2**40))
def test_every_record_is_drawn_as_often_as_any_other_give_or_take_once(sizes: list[int], more: int, seed: int) -> None:
    n = 2 * max(sizes) + more
    ends = np.cumsum(sizes)
    draws = draw_in_rounds(ends, n, seed)
    assert draws.drawn.sum(axis=1).tolist() == sizes
    for models in range(1, len(sizes) + 1):  # and so in every shorter series
        times = draws.drawn[:models].sum(axis=0)
        assert n == 0 or np.ptp(times) <= 1
        assert np.array_equal(draw_in_rounds(ends[:models], n, seed).drawn, draws.drawn[:models])


def test_two_models_a_round_are_the_complementary_halves_that_named_stored_models() -> None:
    draws = draw_in_rounds(np.array([3, 7, 10, 14]), 7, seed=5)
    for pair in range(2):
        half = generator(5, "pool", "half", pair).permutation(7)[:3]
        assert np.flatnonzero(draws.drawn[2 * pair]).tolist() == sorted(half.tolist())
        assert np.array_equal(draws.drawn[2 * pair + 1], ~draws.drawn[2 * pair])
    assert draws.first.tolist() == draws.last.tolist() == [0, 0, 1, 1]


def test_a_model_that_ends_a_round_begins_the_next_one_with_records_that_it_lacks() -> None:
    draws = draw_in_rounds(np.array([4, 8, 12]), 10, seed=0)  # 4, 4, 2 + 2
    assert (draws.drawn[:2].sum(axis=0) <= 1).all()
    left = ~draws.drawn[:2].any(axis=0)
    assert draws.drawn[2][left].all()
    assert draws.drawn[2].sum() == 4
    assert not draws.is_exact
    assert (draws.first.tolist(), draws.last.tolist()) == ([0, 0, 0], [0, 0, 1])
    assert draws.mates(0).tolist() == [True, True, True]
