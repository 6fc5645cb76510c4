"""The names of this package, for type checkers and editors; written by `make pages`."""

from miaudit.signals.base import Signal as Signal
from miaudit.signals.base import find_signal as find_signal
from miaudit.signals.confidence import confidence as confidence
from miaudit.signals.correct import correct as correct
from miaudit.signals.entropy import entropy as entropy
from miaudit.signals.logits import logits as logits
from miaudit.signals.loss import loss as loss
from miaudit.signals.modified_entropy import modified_entropy as modified_entropy
from miaudit.signals.posteriors import posteriors as posteriors
from miaudit.signals.scaled_logit import scaled_logit as scaled_logit
