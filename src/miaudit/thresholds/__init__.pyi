"""The names of this package, for type checkers and editors; written by `make pages`."""

from miaudit.thresholds.base import ChosenCut as ChosenCut
from miaudit.thresholds.base import Threshold as Threshold
from miaudit.thresholds.best_accuracy import BestAccuracy as BestAccuracy
from miaudit.thresholds.fdr import Fdr as Fdr
from miaudit.thresholds.fixed_fpr import FixedFpr as FixedFpr
from miaudit.thresholds.per_class import PerClass as PerClass
from miaudit.thresholds.precision import Precision as Precision
