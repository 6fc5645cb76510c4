import numpy as np

from miaudit.report.charts.densities import Learned, densities
from report_example import Example, audited, kde_learned


def test_what_is_not_finite_is_skipped() -> None:
    learned = kde_learned()
    learned["density_members"][3] = None  # what JSON makes of infinity
    found = Learned.of(learned)
    assert found is not None
    assert len(found.grid) == len(learned["grid"]) - 1
    assert np.isfinite(found.members).all()


def test_attacks_without_densities_have_no_chart() -> None:
    assert densities(audited(Example(members=9, nonmembers=9, strengths={"loss": 1.0}))) is None
    section = densities(audited(Example(members=9, nonmembers=9)))
    assert section is not None
    (chart,) = section.charts
    assert (chart.title, len(chart.matrices)) == ("kde", 2)
    assert "KL divergence of the members from the non-members: 0.193 nats" in chart.caption


def test_counts_on_known_records_are_not_set_apart_from_those_on_all() -> None:
    """The known records are among the audited ones, so neither table may be read as the rest of the other."""
    section = densities(audited(Example(members=9, nonmembers=9)))
    assert section is not None
    known, audit = (matrix.title for matrix in section.charts[0].matrices)
    assert known == "On the records of known membership that it learned from"
    assert audit.startswith("On all audited records")
    assert "count among the audited ones as well" in section.text


def test_densities_are_spoken_by_their_peaks() -> None:
    section = densities(audited(Example(members=9, nonmembers=9)))
    assert section is not None
    assert section.charts[0].spoken == "The densities are highest for members at 0, for non-members at 0."
