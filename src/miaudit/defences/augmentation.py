"""Defence `augmentation`."""

from dataclasses import replace
from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.defences.base import STRICT
from miaudit.errors import UserError
from miaudit.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Augmentation:
    """Changes the training images at random, so that no image is seen twice (Kaya and Dumitras 2021).

    For images only.
    """

    paper: ClassVar[str] = "Kaya and Dumitras, When Does Data Augmentation Help With Membership Inference?, ICML 2021"

    flip: bool = Field(default=True, description="mirror every second image left to right, at random")
    crop_padding: int = Field(
        default=4,
        ge=0,
        le=1_000,
        description="pixels of padding, from which a random part of the image's size is cut out",
    )
    rotation: float = Field(
        default=0.0, ge=0, le=180, description="largest angle in degrees by which an image is turned at random"
    )

    def defend(self, recipe: Recipe) -> Recipe:
        """The recipe with these changes instead of its own."""
        if not (self.flip or self.crop_padding or self.rotation):
            raise UserError("defence augmentation changes nothing: set flip, crop_padding or rotation")
        return replace(recipe, flip=self.flip, crop_padding=self.crop_padding, rotation=self.rotation)
