import pytest

from miaudit.auditing.result import Convergence, WithModels
from miaudit.decisions.converged import gain_in_words, still_gains
from miaudit.metrics.quantity import Quantity

UNKNOWN = Quantity.unresolved(n=50, note="too few")
Ends = tuple[float, float, float]


def quantity(value: float, low: float, high: float) -> Quantity:
    return Quantity(value=value, low=low, high=high, confidence=0.95, n=1000)


def gained(rate: Ends | None, auc: Ends, before: int = 8) -> Convergence:
    """The convergence of `lira` to 16 models, with these gains over fewer."""
    step = {"auc": quantity(0.6, 0.5, 0.7), "tpr": quantity(0.1, 0.05, 0.2)}
    return Convergence(
        attack="lira",
        records=1000,
        steps=(WithModels(models=before, **step), WithModels(models=16, **step)),
        tpr_gain=UNKNOWN if rate is None else quantity(*rate),
        auc_gain=quantity(*auc),
    )


SURELY_LITTLE = (0.003, 0.001, 0.005)  # beyond chance, and not worth twice the models
OPEN, CLEAR, LITTLE = (0.01, -0.02, 0.04), (0.03, 0.01, 0.05), (-0.01, -0.02, 0.005)


@pytest.mark.parametrize(
    ("rate", "auc", "change", "meaning"),
    [
        (
            CLEAR,
            OPEN,
            "at the 1 % cut changed by 3.0 percentage points (95 % interval: 1.0 to 5.0)",
            "would probably find more.",
        ),
        (
            OPEN,
            OPEN,
            "at the 1 % cut changed by 1.0 percentage points (95 % interval: −2.0 to 4.0)",
            "cannot tell whether twice as many models would find more.",
        ),
        (
            LITTLE,
            CLEAR,
            "at the 1 % cut changed by −1.0 percentage points (95 % interval: −2.0 to 0.5)",
            "would hardly find more.",
        ),
        (OPEN, LITTLE, "at the 1 % cut changed by 1.0", "cannot tell whether twice as many models would find more."),
        (SURELY_LITTLE, CLEAR, "at the 1 % cut changed by 0.3", "would hardly find more."),
        (OPEN, CLEAR, "the AUC of lira changed by 0.030 (95 % interval: 0.010 to 0.050)", "would probably find more."),
        (None, LITTLE, "the AUC of lira changed by −0.010 (95 % interval: −0.020 to 0.005)", "would hardly find more."),
    ],
)
def test_the_clear_number_is_named(rate: Ends | None, auc: Ends, change: str, meaning: str) -> None:
    found = gained(rate, auc)
    words = gain_in_words(found, "members")
    assert words.startswith("With 16 reference models instead of 8, ")
    assert change in words
    assert words.endswith(meaning)
    assert ("share of members" in words) == (change[:3] == "at ")
    assert still_gains(found) == ("probably" in meaning)


def test_what_a_few_more_models_bring_does_not_show_that_twice_as_many_bring_little() -> None:
    assert gain_in_words(gained(LITTLE, LITTLE, before=9), "members").endswith(
        "do not show what twice as many would find."
    )
    assert gain_in_words(gained(CLEAR, CLEAR, before=9), "members").endswith(
        "Twice as many models would probably find more."
    )
