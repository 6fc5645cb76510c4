import pytest

from miaudit.auditing.result import Convergence, WithModels
from miaudit.metrics.quantity import Quantity
from miaudit.report.charts.base import Audited
from miaudit.report.charts.more_models import more_models
from report_example import Example, audited


@pytest.fixture(scope="module")
def example() -> Audited:
    """An audit in which `lira` was run with 2, 4 and 8 models."""
    return audited(Example(grouped=True))


def changed(audit: Audited, found: Convergence) -> Audited:
    return audit._replace(result=audit.result.model_copy(update={"convergence": (found,)}))


def test_each_number_of_models_is_a_mark(example: Audited) -> None:
    section = more_models(example)
    assert section is not None
    (chart,) = section.charts
    assert list(chart.views) == ["TPR", "AUC"]
    assert [tick.text for tick in chart.plot.x.ticks] == ["2", "4", "8"]
    places = [chart.plot.x.percent(tick.at) for tick in chart.plot.x.ticks]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1])  # doublings are equally far apart
    assert [series.name for series in chart.plot.series] == ["lira", "guessing"]
    assert section.text.startswith("With 8 reference models instead of 4, ")
    assert chart.spoken.startswith("lira, 2 models: TPR at 1 % FPR ")
    assert "; 8 models: " in chart.spoken
    assert "random records" not in chart.caption


def test_a_rate_that_was_not_measured_is_not_drawn(example: Audited) -> None:
    (found,) = example.result.convergence
    unknown = Quantity.unresolved(n=2000, note="too few")
    steps = tuple(WithModels(models=step.models, auc=step.auc, tpr=unknown) for step in found.steps)
    section = more_models(changed(example, found.model_copy(update={"steps": steps})))
    assert section is not None
    assert list(section.charts[0].views) == ["AUC"]


def test_a_sample_is_named(example: Audited) -> None:
    (found,) = example.result.convergence
    section = more_models(changed(example, found.model_copy(update={"records": 2500})))
    assert section is not None
    assert "2,500 or more random records" in section.charts[0].caption


def test_without_smaller_pools_there_is_no_section() -> None:
    assert more_models(audited(Example())) is None
