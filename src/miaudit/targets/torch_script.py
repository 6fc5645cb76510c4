"""Target: a torch module as TorchScript, in memory or in a file."""

import sys
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from miaudit.address import Address
from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.models.base import device_of, predict
from miaudit.targets._torch_records import dtype_that_fits
from miaudit.targets.base import AnsweringTarget

if TYPE_CHECKING:
    import torch

SUFFIXES = (".pt", ".pth", ".ts", ".torchscript", ".jit", ".ckpt")


@dataclass(frozen=True, eq=False)
class TorchScript(AnsweringTarget):
    """A scripted or traced module. How it was trained cannot be told, so models like it need a recipe."""

    made_of: ClassVar[str] = "a TorchScript module"
    opened_from: ClassVar[str] = "model.pt (TorchScript)"
    extra: ClassVar[str] = "torch"
    rank: ClassVar[int] = 10  # before torch modules, which it is one of

    module: "torch.jit.ScriptModule"

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object a ScriptModule?"""
        torch = sys.modules.get("torch")
        return torch is not None and isinstance(given, torch.jit.ScriptModule)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the module."""
        return cls(given)

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is it a file as torch writes them?"""
        return address.suffix in SUFFIXES and address.is_file

    @classmethod
    def open(cls, address: Address) -> Self:
        """The module in the file, on the CPU; raises UserError where the file holds something else."""
        address.check_options()
        if not holds_code(address.path):
            raise UserError(
                f"{address}: expected TorchScript, got weights or a pickled model, which would run code that it holds; "
                f"name a function that makes the model, with its weights: net.py:make?weights={address.path.name}"
            )
        import torch

        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", category=DeprecationWarning)
                return cls(torch.jit.load(str(address.path), map_location="cpu"))  # type: ignore[no-untyped-call]
        except Exception as error:  # of any part of torch
            reason = shortened(str(error).strip().partition("\n")[0])
            raise UserError(f"{address}: cannot be read as TorchScript: {reason}") from None

    @property
    def description(self) -> str:
        """The module's class, its number of parameters, and what it gives."""
        parameters = sum(p.numel() for p in self.module.parameters())
        return f"{self._class} (TorchScript, {parameters:,} parameters){self.described}"

    @property
    def name(self) -> str:
        """Name of the module's class, as messages give it."""
        return f"the {self._class}"

    @property
    def _class(self) -> str:
        return str(getattr(self.module, "original_name", type(self.module).__name__))

    def dtype_for(self, x: Any) -> type:
        """Single precision, unless the records are whole numbers that the module takes as nothing else."""
        return dtype_that_fits(self.answers, x)

    def answers(self, x: Any) -> Floats:
        """Ask the module in evaluation mode, on the device of its parameters."""
        return predict(self.module, x, device_of(self.module))


def holds_code(path: Path) -> bool:
    """Is the file TorchScript, rather than weights or a pickled model?"""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any("/code/" in name for name in archive.namelist())
