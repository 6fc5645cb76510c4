import re

import numpy as np
import pytest

from miaudit.auditing.result import Release, RocPoint
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.report.paper.figures import Drawn, draw_figures
from miaudit.report.paper.style import COLOURS, WIDTH, FigureFormat, file_of, style
from miaudit.report.tables import by_strength
from report_example import Example

EXAMPLE = Example(members=200, nonmembers=200, strengths={"loss": 0.6, "lira": 1.5, "calibrated[signal=loss]": 1.0})
ALL = {"attacks", "roc", "precision_recall", "scores", "hardness"}


def drawn(example: Example) -> Drawn:
    return draw_figures(example.result(), ScoredRecords.from_table(example.table(), tuple(example.strengths)))


def test_all_figures_are_drawn_one_column_wide_in_letters_of_8_points() -> None:
    with style():
        found = drawn(EXAMPLE)
        assert set(found.figures) == ALL
        assert not found.missing
        for figure in found.figures.values():
            assert figure.get_figwidth() == WIDTH
            assert figure.axes[0].xaxis.label.get_fontsize() == 8


@pytest.mark.parametrize("form", ["pdf", "svg", "png"])
def test_equal_audits_give_equal_files(form: FigureFormat) -> None:
    starts = {"pdf": b"%PDF", "svg": b"<?xml", "png": b"\x89PNG"}
    with style():
        once, again = (file_of(drawn(EXAMPLE).figures["roc"], form) for _ in range(2))
    assert once == again
    assert once.startswith(starts[form])


def test_letters_stay_text_and_curves_lines() -> None:
    with style():
        svg = file_of(drawn(EXAMPLE).figures["roc"], "svg").decode()
    for text in ("false positive rate", "lira", "calibrated[signal=loss]"):
        assert re.search(rf"<text[^>]*>{re.escape(text)}</text>", svg)
    assert "<image" not in svg


def test_curves_are_those_of_the_strongest_attacks_in_different_colours() -> None:
    many = Example(members=100, nonmembers=100, strengths={f"attack{k}": 0.2 * k for k in range(10)})
    names = by_strength(many.result())[: len(COLOURS)]
    with style():
        axis = drawn(many).figures["roc"].axes[0]
    lines = [line for line in axis.get_lines() if line.get_linestyle() == "-"]
    assert [str(line.get_label()) for line in lines] == list(names)
    assert [line.get_color() for line in lines] == list(COLOURS)


def test_the_bars_are_the_numbers_of_the_result() -> None:
    with style():
        aucs = drawn(EXAMPLE).figures["attacks"].axes[0]
    attacks = EXAMPLE.result().attacks
    order = [tick.get_text() for tick in aucs.get_yticklabels()]
    assert order == sorted(attacks, key=lambda name: attacks[name].auc.value or 0)
    ends = [bar.get_extents().transformed(aucs.transData.inverted()).x1 for bar in aucs.patches]
    assert ends == pytest.approx([attacks[name].auc.value for name in order])


def test_without_the_truth_rates_are_left_out() -> None:
    with style():
        found = drawn(Example(members=60, nonmembers=60, truth=False, strengths={"loss": 0.6}))
    assert set(found.figures) == {"attacks", "scores", "hardness"}
    assert found.missing["roc"] == "it is not known which records are members"


def test_without_reference_models_there_is_no_hardness() -> None:
    with style():
        found = drawn(Example(members=60, nonmembers=60, references=False, strengths={"loss": 0.6}))
    assert found.missing == {"hardness": "there are no reference models"}


def test_a_release_has_its_own_curves() -> None:
    points = tuple(RocPoint(fpr=fpr, tpr=tpr) for fpr, tpr in ((0.0, 0.0), (0.1, 0.4), (1.0, 1.0)))
    release = Release(least=10, removed=(), roc={"lira": points})
    result = EXAMPLE.result().model_copy(update={"release": release})
    with style():
        found = draw_figures(result, ScoredRecords.from_table(None, ()))
    assert set(found.figures) == {"attacks", "roc"}
    (line,) = (line for line in found.figures["roc"].axes[0].get_lines() if line.get_linestyle() == "-")
    assert np.asarray(line.get_ydata()).tolist() == [0.0, 0.4, 1.0]
