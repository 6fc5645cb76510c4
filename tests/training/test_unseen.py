import threading

import torch
from torch import nn

from miaudit.models.smallnet import Smallnet
from miaudit.training.unseen import unseen_in


class Own(nn.Module):
    def __init__(self, held: object) -> None:
        super().__init__()
        self.inner, self.held = nn.Linear(2, 2), held


def test_parameters_and_buffers_are_seen() -> None:
    net = nn.Sequential(Own(3), nn.BatchNorm1d(2))
    before = unseen_in(net)
    assert before is not None
    with torch.no_grad():
        for tensor in (*net.parameters(), *net.buffers()):
            tensor.add_(1)
    assert unseen_in(net) == before


def test_attributes_are_not() -> None:
    held = [1]
    net = Own({"a": held})
    before = unseen_in(net)
    held[0] = 2
    assert unseen_in(net) != before


def test_neither_are_tensors_that_are_no_buffers() -> None:
    net = Own(torch.zeros(2))
    before = unseen_in(net)
    assert unseen_in(net) == before
    net.held += 1  # type: ignore[operator]
    assert unseen_in(net) != before


def test_nor_what_hooks_hold() -> None:
    net, calls = nn.Linear(2, 2), [0]

    def count(*_: object) -> None:
        calls[0] += 1

    net.register_forward_hook(count)
    before = unseen_in(net)
    net(torch.zeros(1, 2))
    assert unseen_in(net) != before


def test_layers_that_become_others_are_noticed() -> None:
    net = nn.LazyLinear(2)
    before = unseen_in(net)
    net(torch.zeros(1, 3))
    assert unseen_in(net) != before


def test_what_cannot_be_packed() -> None:
    assert unseen_in(Own(threading.Lock())) is None


def test_known_layers_cost_nothing() -> None:
    net = Smallnet().build((1, 8, 8), 3)
    found = unseen_in(net)
    assert found is not None
    assert len(found) < 2_000
