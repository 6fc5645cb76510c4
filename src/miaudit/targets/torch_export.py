"""Target: a program of `torch.export`, in memory or in a file (.pt2)."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from miaudit.address import Address
from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.models.base import INFERENCE_BATCH, tensor_of, to_array
from miaudit.targets.base import AnsweringTarget

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class TorchExport(AnsweringTarget):
    """An exported program with one input. How it was trained cannot be told, so models like it need a recipe."""

    made_of: ClassVar[str] = "a program of torch.export"
    opened_from: ClassVar[str] = "model.pt2?trust=yes (torch.export)"
    extra: ClassVar[str] = "torch"
    rank: ClassVar[int] = 10

    program: "torch.export.ExportedProgram"

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object an ExportedProgram?"""
        export = sys.modules.get("torch.export")
        return export is not None and isinstance(given, export.ExportedProgram)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the program."""
        return cls(given)

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is it a .pt2 file?"""
        return address.suffix == ".pt2" and address.is_file

    @classmethod
    def open(cls, address: Address) -> Self:
        """The program in the file.

        Reading such a file runs code that it holds (pickled objects, guards, symbolic sizes), so the user has to say
        that they trust it.

        Raises:
            UserError: the user does not say so, or the file cannot be read.
        """
        address.check_options(("trust",))
        if address.options.get("trust") not in ("yes", True):
            raise UserError(
                f"{address}: reading a .pt2 file runs code that it holds; if you trust it, say so: "
                f"{address.path.name}?trust=yes"
            )
        import torch

        try:
            return cls(torch.export.load(address.path))
        except Exception as error:  # of any part of torch
            reason = shortened(str(error).strip().partition("\n")[0])
            raise UserError(f"{address}: cannot be read as a program of torch.export: {reason}") from None

    @property
    def description(self) -> str:
        """The number of parameters, and what the program gives."""
        parameters = sum(p.numel() for p in self.program.parameters())
        return f"a program (torch.export, {parameters:,} parameters){self.described}"

    @property
    def name(self) -> str:
        """The name of the kind."""
        return "the exported program"

    def dtype_for(self, x: Any) -> type:
        """The type of the program's input: single precision or whole numbers."""
        del x
        return np.float32 if self._example.is_floating_point() else np.int64

    def answers(self, x: Any) -> Floats:
        """Ask the program about records x (n, ...), in batches of the size that it was exported for."""
        import torch

        example = self._example
        fixed = isinstance(example.shape[0], int)
        size = int(example.shape[0]) if fixed else INFERENCE_BATCH
        run = self.program.module()
        blocks = []
        with torch.no_grad():
            for start in range(0, len(x), size):
                rows = np.arange(start, start + size if fixed else min(start + size, len(x)))
                records = torch.from_numpy(np.array(x[np.minimum(rows, len(x) - 1)])).to(example.dtype)
                blocks.append(to_array(tensor_of(run(records.to(example.device))))[: len(x) - start])
        return np.concatenate(blocks)

    @property
    def _example(self) -> "torch.Tensor":
        """The input with which the program was exported, without its values."""
        wanted = self.program.graph_signature.user_inputs
        nodes = [node for node in self.program.graph.nodes if node.name in wanted]
        if len(nodes) != 1:
            raise UserError(f"{self.name}: expected a program with one input, it has {len(wanted)}")
        example: torch.Tensor = nodes[0].meta["val"]
        return example
