"""Networks whose answers are not logits: what the cross-entropy is computed from when they are trained."""

from typing import Any

import torch
from torch import Tensor, nn

from miaudit.answers import AnswerForm
from miaudit.models.base import said_about, tensor_of


class AsLogits(nn.Module):
    """A module with its answers as logits (batch, C), in single precision at least.

    The cross-entropy of these logits is the right loss in every form: of probabilities, the negative log-likelihood; of
    one probability or logit of class 1, the binary cross-entropy.
    """

    module: nn.Module
    form: AnswerForm

    def __init__(self, module: nn.Module, form: AnswerForm) -> None:
        super().__init__()
        self.module, self.form = module, form

    def forward(self, x: Any) -> Tensor:
        """Logits (batch, C) of records: a tensor (batch, ...), or a tuple or dict of tensors."""
        answer = tensor_of(said_about(self.module, x))
        return logits_of(answer if answer.dtype == torch.float64 else answer.float(), self.form)


def logits_of(answer: Tensor, form: AnswerForm) -> Tensor:
    """Logits (batch, C) whose softmax is what the answers say; log-probabilities where they are probabilities.

    Args:
        answer: (batch,), (batch, 1) or (batch, C).
        form: what it is.

    Raises:
        ValueError: the answers are labels.

    >>> logits_of(torch.tensor([[0.25], [0.5]]), AnswerForm("probabilities", single=True)).exp()
    tensor([[0.7500, 0.2500],
            [0.5000, 0.5000]])
    """
    if form.labels_only:
        raise ValueError("labels have no gradient")
    if not form.single:
        return _log(answer) if form.form == "probabilities" else answer
    column = answer.reshape(-1)
    if form.form == "probabilities":
        return torch.stack([_log(1 - column), _log(column)], dim=1)
    if form.form == "log_probabilities":
        return torch.stack([_log(-torch.expm1(column)), column], dim=1)
    return torch.stack([torch.zeros_like(column), column], dim=1)


def _log(probability: Tensor) -> Tensor:
    """The logarithm, with a finite value and gradient for a probability of 0."""
    return probability.clamp_min(torch.finfo(probability.dtype).tiny).log()
