"""Whether networks are trained in bfloat16 where a recipe leaves that to the machine."""

import dataclasses

from miaudit.training.defended import DefendedRecipe, network_recipe
from miaudit.training.job import AnyRecipe
from miaudit.training.recipe import AUTO


def has_bf16(device: str) -> bool:
    """Does the device compute in bfloat16 by instructions of its own? Without them it is slower than fp32.

    Asked of the hardware and not measured: the answer names models in the store, so it may not depend on how busy a
    machine is.
    """
    import torch

    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device != "cpu":
        return False
    x86 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    on_arm = not torch.cpu._is_avx2_supported() and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return bool(x86 or on_arm)


def decided(recipe: AnyRecipe, device: str) -> AnyRecipe:
    """The recipe with `bf16: auto` turned into true or false, as suits the device that this machine has."""
    network = network_recipe(recipe)
    if network is None or network.bf16 != AUTO:
        return recipe
    settled = dataclasses.replace(network, bf16=has_bf16(device))
    return recipe.with_base(settled) if isinstance(recipe, DefendedRecipe) else settled
