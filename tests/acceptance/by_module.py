"""Torch modules, as they come out of training."""

import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from acceptance.audited import (
    HALF,
    NAMES,
    TEXTS,
    YES,
    Case,
    Values,
    Variant,
    X,
    Y,
    case,
    of_class,
    sigmoid,
    softmax,
    two,
)

TORCH = ("torch",)
INPUT = X.astype(np.float32)
VOCABULARY = sorted({word for text in TEXTS for word in text.split()})
TOKENS = np.array([[VOCABULARY.index(word) for word in text.split()] for text in TEXTS])


def modules() -> list[Variant]:
    """Torch modules."""
    return [
        Variant("logits", "`nn.Linear` last", lambda _: answering(lambda z: z), TORCH),
        Variant("softmax", "`nn.Softmax` last", lambda _: answering(lambda z: z.softmax(1)), TORCH),
        Variant("log-softmax", "`nn.LogSoftmax` last", lambda _: answering(lambda z: z.log_softmax(1)), TORCH),
        Variant("one sigmoid, (n, 1)", "`nn.Sigmoid` last", lambda _: single(lambda z: z.sigmoid(), two), TORCH),
        Variant("one sigmoid, (n,)", "`.squeeze(1)` last", lambda _: single(lambda z: z[:, 0].sigmoid(), two), TORCH),
        Variant("one logit, (n, 1)", "for `BCEWithLogitsLoss`", lambda _: single(lambda z: z, sigmoid), TORCH),
        Variant("one logit, (n,)", "`.squeeze(1)` last", lambda _: single(lambda z: z[:, 0], sigmoid), TORCH),
        Variant(
            "an object with `.logits`", "Hugging Face", lambda _: answering(lambda z: SimpleNamespace(logits=z)), TORCH
        ),
        Variant("a dictionary with `logits`", "Hugging Face", lambda _: answering(lambda z: {"logits": z}), TORCH),
        Variant("a tuple", "`return (logits,)`", lambda _: answering(lambda z: (z,)), TORCH),
        Variant("labels", "`argmax` last", labels_alone, TORCH),
        Variant(
            "a sigmoid for each class",
            "`nn.Sigmoid` over three outputs",
            lambda _: answering(lambda z: z.sigmoid(), outputs="logits"),
            TORCH,
            "outputs",
        ),
        Variant("compiled", "`torch.compile(net)`", lambda _: wrapped(compiled), TORCH),
        Variant("DataParallel", "`nn.DataParallel(net)`", lambda _: wrapped(parallel), TORCH),
        Variant("averaged weights", "`swa_utils.AveragedModel(net)`", lambda _: wrapped(averaged), TORCH),
        Variant("Opacus", "`GradSampleModule(net)` of `make_private`", lambda _: wrapped(private), ("opacus",)),
        Variant("double precision", "`net.double()`", lambda _: wrapped(lambda net: net.double()), TORCH),
        Variant("half precision", "`net.half()`", lambda _: wrapped(lambda net: net.half()), TORCH, error=5e-3),
        Variant("bfloat16", "`net.bfloat16()`", lambda _: wrapped(lambda net: net.bfloat16()), TORCH, error=5e-2),
        Variant("left in training mode", "dropout and batch normalisation", in_training, TORCH),
        Variant("frozen layers", "`requires_grad_(False)`", lambda _: wrapped(frozen), TORCH),
        Variant("hooks", "`register_forward_hook`", lambda _: wrapped(hooked), TORCH),
        Variant("cannot be copied", "holds a lock", lambda _: wrapped(locked), TORCH),
        Variant("token ids", "`nn.Embedding` first", tokens, TORCH),
        Variant("two inputs", "`forward(a, b)`, records `(a, b)`", lambda _: several(lambda a, b: (a, b)), TORCH),
        Variant("named inputs", "records `{'a': a, 'b': b}`", lambda _: several(lambda a, b: {"a": a, "b": b}), TORCH),
        Variant("images", "`nn.Conv2d`, (n, 1, 2, 2)", images, TORCH),
        Variant("text labels", "`y = ['setosa', ...]`", lambda _: case(net(), INPUT, NAMES, known(net())), TORCH),
    ]


def net(outputs: int = 3, *after: Any) -> Any:
    """A small network with the same weights each time."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, outputs), *after)


def logits_of(module: Any, x: Any = INPUT) -> Values:
    """What a network of logits says, (N, C)."""
    import torch

    with torch.no_grad():
        said: Values = module(torch.as_tensor(x)).numpy().astype(np.float64)
    return said


def known(module: Any, x: Any = INPUT) -> Values:
    """(N,) probabilities of the records' classes."""
    return of_class(softmax(logits_of(module, x)))


def after(inner: Any, answer: Callable[[Any], Any]) -> Any:
    """A module that passes the inner one's answers on in another shape."""
    from torch import nn

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, x: Any) -> Any:
            return answer(self.inner(x))

    return Net()


def answering(answer: Callable[[Any], Any], **said: Any) -> Case:
    """A network of three classes with its answers in some shape; they are logits if the user says so."""
    p = known(after(net(), answer)) if said else known(net())
    return case(after(net(), answer), INPUT, Y, p, **said)


def single(answer: Callable[[Any], Any], rows: Callable[[Any], Values]) -> Case:
    """A network of two classes that gives one number."""
    module = after(net(1), answer)
    return case(module, INPUT, YES, of_class(rows(logits_of(module)), YES))


def as_object(logits: Any) -> Any:
    return SimpleNamespace(logits=logits)


def labels_alone(folder: Path) -> Case:
    return case(after(net(), lambda z: z.argmax(1)), INPUT, Y, attacks=["gap"])


def wrapped(change: Callable[[Any], Any]) -> Case:
    """A network in a wrapper, or changed."""
    return case(change(net()), INPUT, Y, known(net()))


def compiled(module: Any) -> Any:
    import torch

    return torch.compile(module, backend="eager")  # the usual one is slow to import


def parallel(module: Any) -> Any:
    from torch import nn

    return nn.DataParallel(module)


def averaged(module: Any) -> Any:
    from torch.optim.swa_utils import AveragedModel

    return AveragedModel(module)


def private(module: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from opacus import GradSampleModule

        return GradSampleModule(module)


def frozen(module: Any) -> Any:
    module[0].requires_grad_(False)
    return module


def hooked(module: Any) -> Any:
    module[0].register_forward_hook(lambda *_: None)
    return module


def locked(module: Any) -> Any:
    module.lock = threading.Lock()
    return module


def in_training(folder: Path) -> Case:
    from torch import nn

    module = net(3, nn.BatchNorm1d(3), nn.Dropout(0.5)).train()
    return case(module, INPUT, Y, known(net(3, nn.BatchNorm1d(3).eval())))


def tokens(folder: Path) -> Case:
    from torch import nn

    module = nn.Sequential(nn.EmbeddingBag(len(VOCABULARY), 4), nn.Linear(4, 3))
    return case(module, TOKENS, Y, known(module, TOKENS))


def several(records: Callable[[Any, Any], Any]) -> Case:
    """A network that takes two inputs."""
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = net()

        def forward(self, a: Any, b: Any) -> Any:
            return self.inner(torch.cat([a, b], dim=1))

    parts = [records(INPUT[rows, :2], INPUT[rows, 2:]) for rows in (slice(HALF), slice(HALF, None))]
    return Case(Net(), (parts[0], Y[:HALF]), (parts[1], Y[HALF:]), known(net()))


def images(folder: Path) -> Case:
    from torch import nn

    module = nn.Sequential(nn.Conv2d(1, 4, 2), nn.ReLU(), nn.Flatten(), nn.Linear(4, 3))
    pixels = INPUT.reshape(-1, 1, 2, 2)
    return case(module, pixels, Y, known(module, pixels))
