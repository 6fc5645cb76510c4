import numpy as np

from miaudit.report import spoken
from report_example import Example


def test_rates_that_the_records_cannot_tell_are_not_spoken() -> None:
    attacks = Example(members=300, nonmembers=200, strengths={"lira": 2.0}).result().attacks
    text = spoken.roc(attacks)
    assert text.startswith(f"lira: AUC {attacks['lira'].auc.value:.3f}, ")
    assert "at 1\u00a0% false positives" in text
    assert "0.1\u00a0%" not in text


def test_precision_is_spoken_at_the_recalls_of_the_table() -> None:
    text = spoken.precision(Example(members=300, nonmembers=200, strengths={"lira": 2.0}).result().attacks)
    assert text.count("at recall") == 4


def test_histograms_are_spoken_by_their_quartiles_and_the_cut() -> None:
    groups = {"members": np.arange(5.0), "non-members": np.array([])}
    assert spoken.histogram(groups, 2.5) == (
        "Members: median 2.000, half of the scores from 1.000 to 3.000. The cut is 2.500."
    )
    assert spoken.histogram({}, None) == "There is no single cut."


def test_densities_are_spoken_by_their_peaks() -> None:
    text = spoken.densities(np.arange(3.0), np.array([0.0, 2.0, 1.0]), np.array([0.0, 1.0, 2.0]))
    assert text.endswith("members at 1.000, for non-members at 2.000.")


def test_hardness_is_spoken_by_medians() -> None:
    text = spoken.hardness(np.arange(3.0), -np.arange(3.0), {"all records": np.ones(3, dtype=bool)})
    assert text == "All records: median score 1.000, median calibrated score −1.000."
