"""The architecture of a module at hand, with fresh weights. No plug-in: a configuration cannot name a module."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from miaudit.answers import LOGITS, AnswerForm
from miaudit.errors import UserError
from miaudit.models.base import precision_of
from miaudit.source import Source, source_of
from miaudit.training.copying import copied, unwrapped

if TYPE_CHECKING:
    import torch

ALIASES = {"_flat_weights", "_flat_weight_refs"}  # of a recurrent layer's parameters


@dataclass(frozen=True)
class Like:
    """Re-initialised copies of a module, named by its structure, its settings and all source that it runs."""

    structure: str  # repr of the module, with the shapes of its parameters
    settings: tuple[str, ...]  # attributes, hooks and buffers of every part: repr() does not show them all
    source: tuple[str, ...]  # the user's modules that decide what it computes, each with its hash, and releases
    module: "torch.nn.Module" = field(compare=False, repr=False)
    form: AnswerForm = field(default=LOGITS, compare=False)  # what the module answers; `structure` says it too
    wrapped: bool = field(default=False, compare=False)  # do its answers have to be turned into logits for training?

    may_stack: ClassVar[bool] = True

    @classmethod
    def of(cls, module: "torch.nn.Module", form: AnswerForm = LOGITS, is_tensor: bool = True) -> "Like":
        """Describe a module; warns if its source cannot be found, since its models will then not be reused.

        Args:
            module: the model, which may lie in wrappers such as that of `torch.compile`.
            form: what it answers.
            is_tensor: whether it answers with a tensor, not with an object that holds one.

        Raises:
            UserError: the module has parameters that cannot be drawn afresh.
        """
        import torch

        module = unwrapped(module)
        for name, part in module.named_modules():
            own = [key for key, value in part.named_parameters(recurse=False) if is_trained(module, value)]
            if own and _reset(part) is None:
                raise UserError(
                    f"layer {name or type(part).__name__!r} has parameters {own} but no reset_parameters(): "
                    "shadow models need fresh weights; add that method, or give `recipe=` with one of miaudit's models"
                )
        shapes = {name: list(value.shape) for name, value in module.state_dict().items()}
        with torch.random.fork_rng(devices=[]):  # what is not drawn afresh is what decides the models
            torch.manual_seed(0)
            fresh = _redrawn(module)
        parts = {id(part): f"part {name}" for name, part in fresh.named_modules()}
        settings = dict(_settings(fresh))
        source = source_of(*settings.values(), *{type(part) for part in fresh.modules()}, named=parts)
        source.warn(f"models like this {type(module).__name__}")
        described = tuple(f"{name}={text}" for name, text in zip(settings, source.values, strict=False))
        gives_logits = is_tensor and form.kind == "logits" and not form.single
        wrapped = not gives_logits or precision_of(fresh) != torch.float32
        # Networks that give logits in single precision are named by what was all there once was.
        more = f" {form.words} {precision_of(fresh)}" if wrapped else ""
        return cls(f"{module} {shapes}{more}", described, names_of(source), module, form, wrapped)

    def outline(self) -> "torch.nn.Module":
        """The original, whose layers any copy has."""
        return self._as_logits(self.module)

    def build(self, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
        """A copy with fresh weights; shape and classes are those of the original."""
        del shape, classes
        return self._as_logits(self.fresh()).train()

    def fresh(self) -> "torch.nn.Module":
        """A copy that answers as the original does, with fresh weights, in training mode."""
        return _redrawn(self.module).train()

    def _as_logits(self, module: "torch.nn.Module") -> "torch.nn.Module":
        if not self.wrapped:
            return module
        from miaudit.training.as_logits import AsLogits

        return AsLogits(module, self.form)


def names_of(source: Source) -> tuple[str, ...]:
    """What a source is named by: the user's modules, and releases without torch's, which the trainer's version has."""
    return (*source.own, *(release for release in source.releases if not release.startswith("torch ")))


def is_trained(module: "torch.nn.Module", value: "torch.nn.Parameter") -> bool:
    """Was the parameter trained on the members? A frozen one was not, unless all are, as for use alone."""
    return value.requires_grad or is_frozen(module)


def is_frozen(module: "torch.nn.Module") -> bool:
    """Are all parameters frozen?"""
    return not any(value.requires_grad for value in module.parameters())


def _redrawn(module: "torch.nn.Module") -> "torch.nn.Module":
    """A copy in single precision at least, with everything that was trained drawn afresh; frozen layers stay."""
    import torch

    fresh = copied(module)
    if precision_of(fresh) in (torch.float16, torch.bfloat16):
        fresh = fresh.float()
    if is_frozen(fresh):
        fresh.requires_grad_(requires_grad=True)
    kept = _frozen_state(fresh)
    for part in reversed(list(fresh.modules())):  # a whole may draw its parts in its own way
        reset = _reset(part)
        if reset is not None:
            reset()
    state = dict(fresh.named_parameters(remove_duplicate=False)) | dict(fresh.named_buffers(remove_duplicate=False))
    with torch.no_grad():
        for name, value in kept.items():
            state[name].copy_(value)
    return fresh


def _frozen_state(module: "torch.nn.Module") -> "dict[str, torch.Tensor]":
    """Frozen parameters by name, and buffers of the layers all of whose parameters are frozen, such as statistics."""
    kept: dict[str, torch.Tensor] = {}
    for prefix, part in module.named_modules():
        own = dict(part.named_parameters(recurse=False))
        frozen = {key: value for key, value in own.items() if not value.requires_grad}
        if frozen and len(frozen) == len(own):
            frozen |= dict(part.named_buffers(recurse=False))
        kept |= {f"{prefix}.{key}".lstrip("."): value.detach().clone() for key, value in frozen.items()}
    return kept


def _reset(part: "torch.nn.Module") -> Callable[[], None] | None:
    # Torch's attention has the private one only.
    return getattr(part, "reset_parameters", None) or getattr(part, "_reset_parameters", None)


def _settings(module: "torch.nn.Module") -> Iterator[tuple[str, Any]]:
    """Everything that a module computes with, apart from its code and its parameters."""
    import torch

    internal = vars(torch.nn.Module())
    for name, part in module.named_modules():
        for key, value in sorted(vars(part).items()):
            if key in ALIASES:
                continue
            if key not in internal:
                yield f"{name}.{key}", value
            elif key.endswith("_hooks") and value:
                yield f"{name}.{key}", list(value.values())
        yield from ((f"{name}.{key}", value) for key, value in part.named_buffers(recurse=False))
        frozen = {key: value for key, value in part.named_parameters(recurse=False) if not value.requires_grad}
        if frozen:
            yield f"{name}.requires_grad", f"not of {', '.join(frozen)}"
        yield from ((f"{name}.{key}", value.detach()) for key, value in frozen.items())
