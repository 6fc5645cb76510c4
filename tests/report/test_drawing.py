import re

import numpy as np
import pytest

from miaudit.report.axes import linear, logarithmic
from miaudit.report.drawing import Plot, area, crosses, dots, line, upright

UNIT = linear("", 0, 1)


def test_lines_run_from_the_bottom_up() -> None:
    assert line(UNIT, UNIT, np.array([0, 0.5, 1]), np.array([0, 0.25, 1])) == "M0 1000L500 750L1000 0"


def test_lines_leave_the_view_by_little() -> None:
    path = line(UNIT, UNIT, np.array([0.5, 1e9]), np.array([-1e9, 0.5]))
    assert path == "M500 1050L1050 500"


def test_areas_stand_on_the_low_end() -> None:
    y = linear("", -1, 1)
    assert area(UNIT, y, np.array([0.25, 0.75]), np.array([0.0, 1.0])) == "M250 1000L250 500L750 0L750 1000Z"


@pytest.mark.parametrize("draw", [dots, crosses])
def test_points_out_of_view_lie_at_the_edge(draw: object) -> None:
    assert callable(draw)
    path = draw(UNIT, UNIT, np.array([0.5, 7.0]), np.array([-7.0, 0.5]))
    assert re.findall(r"M(\d+) (\d+)", path) == [("500", "1000"), ("1000", "500")]


def test_upright_lines_stay_in_view() -> None:
    assert upright(UNIT, 0.5) == "M500 0V1000"
    assert upright(UNIT, 9.0) == "M1000 0V1000"


def test_the_script_is_told_how_to_read_places() -> None:
    plot = Plot(linear("", 0, 2, " %"), logarithmic("", 1, 10), ())
    assert plot.reading() == {
        "x": {"low": 0, "high": 2, "log": False, "unit": " %"},
        "y": {"low": 1, "high": 10, "log": True, "unit": ""},
    }
