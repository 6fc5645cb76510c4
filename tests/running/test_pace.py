import pytest

from miaudit.running.pace import Pace, Pacer


def test_the_pace_is_counted_from_the_first_samples_on() -> None:
    times = iter([100.0, 102.0, 104.0])
    pacer = Pacer(1000, lambda: next(times))
    assert pacer.add(100) is None  # took nobody knows how long
    assert pacer.add(200) == (100.0, 7.0)
    assert pacer.add(400) == (150.0, 2.0)


def test_what_is_tried_again_counts_once() -> None:
    times = iter([0.0, 1.0, 2.0])
    pacer = Pacer(300, lambda: next(times))
    pacer.add(100)
    pacer.add(150)
    pace = pacer.add(150)
    assert pace is not None
    assert pace.seconds_left == 0
    assert pace.samples_per_second == pytest.approx(100.0)


def test_no_samples_no_pace() -> None:
    pacer = Pacer(0, lambda: 1.0)
    assert pacer.add(0) is None
    assert pacer.add(0) is None


def test_in_words() -> None:
    assert Pace(1234567.0, 0.4).text == "1,230,000 samples/s, 0.4 s left"
