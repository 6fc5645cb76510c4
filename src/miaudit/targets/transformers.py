"""Target: a text or image classifier of Hugging Face's transformers, from a local folder."""

import json
import os
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from miaudit.address import Address
from miaudit.answers import SAMPLE
from miaudit.datasets.base import Dataset
from miaudit.features.base import native
from miaudit.forms import AskedForm
from miaudit.targets._files import library, opened
from miaudit.targets.base import AnsweringTarget

BATCH = 32  # records that are asked about at once
CONFIG = "config.json"
PIPELINES = {"text-classification": "text", "image-classification": "image"}  # by their tasks
KINDS = {"ForSequenceClassification": "text", "ForImageClassification": "image"}  # ends of names of architectures


@dataclass(frozen=True, eq=False, kw_only=True)
class Transformers(AnsweringTarget):
    """A folder that `save_pretrained` wrote, or a pipeline: the model with its tokenizer or image processor.

    Weights are read from safetensors alone, and code in the folder is not run. Texts are a list of str; longer ones are
    cut as the tokenizer does. Images are arrays (n, height, width, channels) or (n, channels, height, width), from 0 to
    255 or, if no number of a sample exceeds 1, from 0 to 1.
    """

    made_of: ClassVar[str] = "a pipeline of transformers that classifies texts or images"
    opened_from: ClassVar[str] = "the folder of a text or image classifier of transformers"
    extra: ClassVar[str] = "transformers"
    gives: ClassVar[str] = "logits"

    model: Any
    reader: "Reader"
    asked: AskedForm = "logits"  # which all such classifiers give

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is it a pipeline that classifies? Without its tokenizer, a model is a torch module."""
        of_library = type(given).__module__.startswith("transformers.pipelines.")
        return isinstance(given, cls) or (of_library and getattr(given, "task", None) in PIPELINES)

    @classmethod
    def of(cls, given: Any) -> Self:
        """The model in the pipeline, with the part that reads texts or images."""
        is_text = PIPELINES[given.task] == "text"
        return cls(
            model=given.model.eval(), reader=Texts(given.tokenizer) if is_text else Images(given.image_processor)
        )

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is it a folder whose configuration names a classifier?"""
        return _kind(address) is not None

    @classmethod
    def open(cls, address: Address) -> Self:
        """The classifier in the folder; raises UserError where a part of it is missing or damaged."""
        address.check_options()
        library("torch", "transformers", address)
        transformers = library("transformers", "transformers", address)
        folder = str(address.path)
        is_text = _kind(address) == "text"
        auto = (
            transformers.AutoModelForSequenceClassification if is_text else transformers.AutoModelForImageClassification
        )
        with opened(address):
            model = auto.from_pretrained(folder, local_files_only=True, use_safetensors=True, trust_remote_code=False)
            kind = transformers.AutoTokenizer if is_text else transformers.AutoImageProcessor
            part = kind.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        return cls(model=model.eval(), reader=Texts(part) if is_text else Images(part))

    def with_outputs(self, asked: AskedForm) -> Self:
        """The target with its answers read as logits, or as the user says they are."""
        return super().with_outputs("logits" if asked == "auto" else asked)

    def tried(self, data: Dataset) -> Self:
        """The target with the form of its answers found, and how bright images are."""
        return super(Transformers, replace(self, reader=self.reader.tried(native(data.x[:SAMPLE])))).tried(data)

    @property
    def description(self) -> str:
        """The model's class, its number of parameters, and what it gives."""
        parameters = sum(each.numel() for each in self.model.parameters())
        return f"{type(self.model).__name__} (transformers, {parameters:,} parameters{self.described})"

    @property
    def name(self) -> str:
        """Name of the model's class, as messages give it."""
        return f"the {type(self.model).__name__}"

    def answers(self, x: Any) -> Any:
        """Logits (n, C) in float32."""
        import torch

        batches = (native(x[start : start + BATCH]) for start in range(0, len(x), BATCH))
        with torch.inference_mode():
            logits = [self.model(**self.reader.read(batch).to(self.model.device)).logits.float() for batch in batches]
        return torch.cat(logits).cpu().numpy()


class Reader(Protocol):
    """Makes a model's arguments of records."""

    def read(self, x: Any) -> Any:
        """The arguments by name, as tensors, for records x (n, ...)."""

    def tried(self, sample: Any) -> "Reader":
        """The reader after a look at a sample of the records, which settles what the folder leaves open."""


@dataclass(frozen=True, eq=False)
class Texts:
    """Makes token ids of texts."""

    tokenizer: Any

    def read(self, x: Any) -> Any:
        """Token ids and masks, (n, longest)."""
        return self.tokenizer([str(text) for text in x], padding=True, truncation=True, return_tensors="pt")

    def tried(self, sample: Any) -> "Texts":
        """The reader itself, since texts leave nothing open."""
        del sample
        return self


@dataclass(frozen=True, eq=False)
class Images:
    """Makes pixels of images as the model expects them."""

    processor: Any
    largest: float = 255.0  # number that stands for full brightness

    def read(self, x: Any) -> Any:
        """Pixels (n, channels, height, width)."""
        images = list(np.asarray(x))
        return self.processor(images=images, return_tensors="pt", do_rescale=self.largest > 1)

    def tried(self, sample: Any) -> "Images":
        """The reader with full brightness at 1 if no number of the sample is larger."""
        return replace(self, largest=1.0 if np.asarray(sample).max() <= 1 else 255.0)


def _kind(address: Address) -> str | None:
    """What the classifier in a folder reads; None where there is none."""
    config = address.path / CONFIG
    if address.is_url or address.factory is not None or not os.path.isfile(config):  # noqa: PTH113  # see Address
        return None
    try:
        told = json.loads(config.read_text(encoding="utf-8"))
        names = [str(name) for name in told.get("architectures") or ()]
    except (ValueError, AttributeError, TypeError, OSError):
        return None
    return next((kind for end, kind in KINDS.items() for name in names if name.endswith(end)), None)
