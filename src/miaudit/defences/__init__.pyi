"""The names of this package, for type checkers and editors; written by `make pages`."""

from miaudit.defences.augmentation import Augmentation as Augmentation
from miaudit.defences.base import Defence as Defence
from miaudit.defences.base import Guarantee as Guarantee
from miaudit.defences.base import Guarantees as Guarantees
from miaudit.defences.base import MasksOutputs as MasksOutputs
from miaudit.defences.base import SetsAside as SetsAside
from miaudit.defences.base import SinglePrecision as SinglePrecision
from miaudit.defences.base import TrainsOtherwise as TrainsOtherwise
from miaudit.defences.confidence_masking import ConfidenceMasking as ConfidenceMasking
from miaudit.defences.distillation import Distillation as Distillation
from miaudit.defences.dp_sgd import DpSgd as DpSgd
from miaudit.defences.dropout import Dropout as Dropout
from miaudit.defences.early_stopping import EarlyStopping as EarlyStopping
from miaudit.defences.l2 import L2 as L2
from miaudit.defences.label_smoothing import LabelSmoothing as LabelSmoothing
from miaudit.defences.selena import Selena as Selena
