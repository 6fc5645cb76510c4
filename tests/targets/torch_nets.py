"""A network, records that it is asked about, and its file formats, for the tests of torch targets."""

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from miaudit.datasets.base import Dataset

RECORDS = np.random.default_rng(1).normal(size=(30, 4)).astype(np.float32) * 3
DATA = Dataset("records", RECORDS, np.arange(30) % 3, 3)


def net() -> nn.Sequential:
    """A network with parts that compute otherwise in training mode."""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Tanh(), nn.Linear(8, 3))
    module(torch.from_numpy(RECORDS))
    return module


def scripted(module: nn.Module) -> torch.jit.ScriptModule:
    """The module as TorchScript."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        made: torch.jit.ScriptModule = torch.jit.script(module)
        return made


def saved(module: torch.jit.ScriptModule, path: Path) -> Path:
    """The path of a file with the scripted module."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        torch.jit.save(module, str(path))
    return path
