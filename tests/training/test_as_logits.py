"""The cross-entropy of these logits is the loss that belongs to each form of answers."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from miaudit.answers import AnswerForm
from miaudit.training.as_logits import AsLogits, logits_of

Z = torch.tensor([[-2.0], [0.5], [3.0], [-0.1]])
Y = torch.tensor([0, 1, 1, 0])
ROWS = torch.tensor([[1.0, -2.0, 0.3], [0.0, 0.0, 4.0], [-1.0, 2.0, 0.0], [3.0, 3.0, -3.0]])


@pytest.mark.parametrize(
    ("answers", "form"),
    [
        (lambda z: z, AnswerForm("logits", single=True)),
        (torch.sigmoid, AnswerForm("probabilities", single=True)),
        (functional.logsigmoid, AnswerForm("log_probabilities", single=True)),
        (lambda z: z, AnswerForm("margins", single=True)),
    ],
)
def test_one_number_a_record_is_trained_by_binary_cross_entropy(answers: object, form: AnswerForm) -> None:
    leaf = Z.clone().requires_grad_()
    loss = functional.cross_entropy(logits_of(answers(leaf), form), Y)  # type: ignore[operator]
    other = Z.clone().requires_grad_()
    expected = functional.binary_cross_entropy_with_logits(other.reshape(-1), Y.float())
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(torch.autograd.grad(loss, leaf), torch.autograd.grad(expected, other))


@pytest.mark.parametrize(
    ("answers", "form"),
    [
        (lambda z: torch.softmax(z, dim=1), AnswerForm("probabilities")),
        (lambda z: torch.log_softmax(z, dim=1), AnswerForm("log_probabilities")),
        (lambda z: z, AnswerForm("logits")),
    ],
)
def test_rows_are_trained_by_the_negative_log_likelihood(answers: object, form: AnswerForm) -> None:
    leaf = ROWS.clone().requires_grad_()
    loss = functional.cross_entropy(logits_of(answers(leaf), form), Y)  # type: ignore[operator]
    other = ROWS.clone().requires_grad_()
    expected = functional.nll_loss(torch.log_softmax(other, dim=1), Y)
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(torch.autograd.grad(loss, leaf), torch.autograd.grad(expected, other))


def test_a_sure_and_wrong_network_still_learns_and_nothing_becomes_infinite() -> None:
    leaf = torch.tensor([[40.0, -40.0], [200.0, -200.0]], requires_grad=True)
    form = AnswerForm("probabilities")
    loss = functional.cross_entropy(logits_of(torch.softmax(leaf, dim=1), form), torch.tensor([1, 1]))
    (found,) = torch.autograd.grad(loss, leaf)
    assert torch.isfinite(loss)
    assert torch.isfinite(found).all()
    np.testing.assert_allclose(found[0].numpy(), [0.5, -0.5], rtol=1e-5)  # as the logits themselves would have it


def test_labels_cannot_be_trained() -> None:
    with pytest.raises(ValueError, match="no gradient"):
        logits_of(torch.tensor([0, 1]), AnswerForm("labels", single=True))


def test_the_module_computes_in_its_own_precision() -> None:
    module = AsLogits(nn.Linear(3, 1).double(), AnswerForm("logits", single=True))
    logits = module(ROWS)
    assert logits.shape == (4, 2)
    assert logits.dtype == torch.float64
