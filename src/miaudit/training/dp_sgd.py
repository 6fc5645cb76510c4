"""DP-SGD: each record's gradient is clipped and noise is added to their sum (Abadi et al. 2016), with Opacus."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.seeds import child_seed, generator
from miaudit.training.augment import augment, check_images
from miaudit.training.data import Records, Subset, Tick
from miaudit.training.defended import DefendedRecipe
from miaudit.training.fit import BestEpoch, Validation, build, readable, seeded
from miaudit.training.network_recipe import NetworkRecipe
from miaudit.training.optimizers import learning_rate, make_optimizer, set_rate
from miaudit.training.recipe import Recipe

if TYPE_CHECKING:
    import torch

CODE_VERSION = "dp_sgd/3"  # raise it when a change here alters what is trained: old checkpoints then miss
ROUNDING = 0.01  # of the gradients' lengths: what a GPU's short products may differ by, and wrong ones far exceed
CHUNK = 8_000_000  # numbers in the gradients of single records held at once: more do not fit a CPU's cache


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True))
class DpSgdRecipe(DefendedRecipe):
    """The base recipe with private gradients (Abadi et al., CCS 2016, arXiv:1607.00133, Algorithm 1)."""

    base: Recipe
    clip: float = Field(default=10.0, gt=0, description="C: the longest gradient that a record may have")
    noise: float = Field(default=1.0, ge=0, description="sigma: standard deviation of the noise, in units of C")

    @model_validator(mode="after")
    def _single_precision(self) -> Self:
        if self.base.bf16:
            raise ValueError("DP-SGD trains in single precision: leave bf16 out of the recipe")
        return self

    def loop_version(self, shape: tuple[int, ...], classes: int) -> str:
        """Version of this file, of Opacus and of torch."""
        del shape, classes
        _need_opacus()
        torch_version = version("torch").split("+")[0]
        return f"{CODE_VERSION} opacus/{version('opacus')} torch/{torch_version}"

    def samples(self, rows: int, unlabelled: int) -> int:
        """Number of records that training passes over on average: that of the base recipe."""
        del unlabelled
        return self.base.epochs * rows

    @property
    def timed(self) -> NetworkRecipe:
        """This recipe itself, since gradients of single records cost more than those of a batch."""
        return self

    def train_network(self, records: Records, subset: Subset, device: str, tick: Tick) -> "torch.nn.Module":
        """One network, a function of the arguments alone."""
        import torch

        _need_opacus()
        check_images(self.base, records.shape)
        with seeded(subset.seed, device), _quiet():
            module = build(self.base, records.shape, records.classes, device)
            check_private(module)
            layout = torch.channels_last if len(records.shape) == 3 else torch.contiguous_format
            # Opacus takes a convolution's gradients of single records from plain layouts alone: from records with
            # their channels last it makes wrong ones, and says nothing.
            module.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
            _Training(self, records, subset, module, device).run(tick)
            module.to(memory_format=layout)  # type: ignore[call-overload]
        module.eval()
        return module


def steps_per_epoch(rows: int, batch_size: int) -> int:
    """Number of steps in which an epoch passes over as many records as there are, on average.

    >>> steps_per_epoch(100, 32)
    4
    """
    return -(-rows // batch_size)


def poisson_batches(rows: int, batch_size: int, rng: np.random.Generator) -> Iterator[Ints]:
    """Draw the batches of an epoch: every record is in every batch with probability 1 / steps.

    This is the sampling that the accountant assumes (Abadi et al., Section 3.1), drawn as by Opacus's loader. Batches
    may be empty.

    Args:
        rows: number of records.
        batch_size: average number of records in a batch.
        rng: the source of the draws.

    Yields:
        Positions of the records in each batch.
    """
    steps = steps_per_epoch(rows, batch_size)
    for _ in range(steps):
        yield np.flatnonzero(rng.random(rows) < 1 / steps)


def check_private(module: "torch.nn.Module") -> None:
    """Raise UserError if a layer makes a record's gradient depend on the rest of its batch."""
    from opacus.validators import ModuleValidator

    wrong = [part for part in module.modules() if ModuleValidator.validate(part, strict=False)]
    if not wrong:
        return
    # What contains a wrong part is wrong itself: the innermost ones are to blame.
    innermost = [part for part in wrong if not any(inner in wrong for inner in list(part.modules())[1:])]
    layers = sorted({type(part).__name__ for part in innermost})
    raise UserError(
        f"dp_sgd cannot train a network with {', '.join(layers)}: such a layer mixes the records of a batch, so that "
        "no record has a gradient of its own to clip; choose a network without it, such as mlp, lenet5, smallnet or "
        "small_cnn"
    )


def check_gradients(module: "torch.nn.Module") -> None:
    """Raise UserError unless the gradients of single records add up to that of their batch, as autograd computes it.

    The model learns from the gradients of single records, and its guarantee is about them: wrong ones would spoil both
    silently. Opacus gets them wrong for some layers and memory layouts.
    """
    for name, parameter in module.named_parameters():
        if parameter.grad is None:
            continue
        single: torch.Tensor | None = getattr(parameter, "grad_sample", None)
        # In units of the gradients' lengths, for their sum itself may be near 0.
        if single is None or not (
            (single.sum(dim=0) - parameter.grad).norm() <= ROUNDING * single.flatten(1).norm(dim=1).sum()
        ):
            raise UserError(
                f"dp_sgd cannot train this network: the gradients of single records that Opacus gives of "
                f"{name.removeprefix('_module.')} do not add up to that of their batch; choose a network that computes "
                "otherwise, or another device"
            )


class _Training:
    """The loop over epochs and batches."""

    def __init__(
        self, recipe: DpSgdRecipe, records: Records, subset: Subset, module: "torch.nn.Module", device: str
    ) -> None:
        import torch
        from opacus.grad_sample import GradSampleModule
        from opacus.optimizers import DPOptimizer

        self.recipe, self.records, self.subset, self.module, self.device = recipe, records, subset, module, device
        self.x, self.y = readable(records.x), torch.from_numpy(records.y.astype(np.int64))
        self.parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
        size = sum(parameter.numel() for parameter in self.parameters)
        self.chunk = max(1, CHUNK // size)
        self.private = GradSampleModule(module, loss_reduction="sum")
        self.is_checked = False  # are the gradients of single records known to be right?
        noise = torch.Generator(device=device).manual_seed(child_seed(subset.seed, "noise"))
        self.optimizer = DPOptimizer(
            make_optimizer(self.parameters, recipe.base),
            noise_multiplier=recipe.noise,
            max_grad_norm=recipe.clip,
            expected_batch_size=len(subset.rows) / steps_per_epoch(len(subset.rows), recipe.base.batch_size),
            generator=noise,
        )

    def run(self, tick: Tick) -> None:
        base, records = self.recipe.base, self.records
        best = BestEpoch(self.module, base, Validation(records, self.subset.validation, self.device))
        self.private.train()
        for epoch in range(base.epochs):
            set_rate(self.optimizer.original_optimizer, learning_rate(base, epoch))
            self._epoch(epoch)
            tick(len(self.subset.rows))
            best.see()
        self.private.to_standard_module()
        best.restore()

    def _epoch(self, epoch: int) -> None:
        rows, size, seed = self.subset.rows, self.recipe.base.batch_size, self.subset.seed
        drawn = generator(seed, "augmentation", epoch)
        for batch in poisson_batches(len(rows), size, generator(seed, "poisson", epoch)):
            chunks = [rows[batch[start : start + self.chunk]] for start in range(0, len(batch), self.chunk)]
            for chunk in chunks[:-1]:
                self.optimizer.signal_skip_step(do_skip=True)
                self._step(chunk, drawn)
            self._step(chunks[-1] if chunks else rows[:0], drawn)

    def _step(self, rows: Ints, drawn: np.random.Generator) -> None:
        """Clip the gradients of some records; at the end of a batch, add noise and step."""
        if len(rows):
            self._gradients(rows, drawn)
        else:
            for parameter in self.parameters:
                parameter.grad_sample = parameter.new_zeros((0, *parameter.shape))  # type: ignore[attr-defined]
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def _gradients(self, rows: Ints, drawn: np.random.Generator) -> None:
        import torch
        from torch.nn.functional import cross_entropy

        index = torch.from_numpy(np.ascontiguousarray(rows))
        x, y = (part.index_select(0, index).to(self.device) for part in (self.x, self.y))
        images = augment(x, self.recipe.base, drawn) if self.recipe.base.augments else x
        logits: Any = self.private(images.contiguous())
        smoothing = self.recipe.base.label_smoothing
        cross_entropy(logits, y, label_smoothing=smoothing, reduction="sum").backward()  # type: ignore[no-untyped-call]
        if not self.is_checked:
            check_gradients(self.private)
            self.is_checked = True


def epsilon(noise: float, rate: float, steps: int, delta: float) -> float:
    """An upper bound on the epsilon of private training; infinite without noise.

    Renyi accountant of the sampled Gaussian mechanism (Mironov et al. 2019, arXiv:1908.10530) with the conversion of
    Balle et al. 2020 (arXiv:1905.09982, Theorem 21), as Opacus has them; neighbours differ by one record added or
    removed.

    Args:
        noise: standard deviation of the noise, in units of the clip.
        rate: probability with which a record is in a batch; 1 for all records in each step.
        steps: number of steps of the whole training.
        delta: delta of the guarantee.
    """
    _need_opacus()
    from opacus.accountants.analysis import rdp

    if noise == 0:
        return float("inf")
    with _quiet():
        curve = rdp.compute_rdp(q=rate, noise_multiplier=noise, steps=steps, orders=list(ORDERS))
        spent, _ = rdp.get_privacy_spent(orders=list(ORDERS), rdp=curve, delta=delta)
    return max(float(spent), 0.0)


# Opacus's own orders lie between 1.1 and 63, which is too coarse for little noise and for much noise.
ORDERS = (
    *(1 + i / 200 for i in range(1, 20)),
    *(1 + i / 10 for i in range(1, 100)),
    *range(11, 64),
    *(64, 80, 96, 128, 192, 256, 512),
)


def _need_opacus() -> None:
    try:
        import opacus  # noqa: F401
    except ModuleNotFoundError:
        raise UserError("dp_sgd needs Opacus: pip install 'miaudit[dp]'") from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress warnings that mean nothing here, on inputs without gradients and on orders at the end of their range."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Full backward hook is firing")
        warnings.filterwarnings("ignore", "Optimal order is")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        yield
