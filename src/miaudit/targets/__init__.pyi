"""The names of this package, for type checkers and editors; written by `make pages`."""

from miaudit.targets.base import Target as Target
from miaudit.targets.custom import Custom as Custom
from miaudit.targets.estimator import Estimator as Estimator
from miaudit.targets.predictions import Predictions as Predictions
from miaudit.targets.torch_module import TorchModule as TorchModule
