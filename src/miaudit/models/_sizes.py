"""Bounds of the options that say how large a network is."""

from typing import Annotated

from pydantic import Field

MOST_LAYERS = 100

Width = Annotated[int, Field(ge=1, le=65_536)]
Layers = Annotated[int, Field(ge=1, le=1_000)]
