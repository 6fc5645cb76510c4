"""Whether a device computes in bfloat16, for recipes that leave the precision to the machine."""


def has_bf16(device: str) -> bool:
    """Does the device compute in bfloat16 by instructions of its own? Without them it is slower than fp32.

    The hardware is asked and not timed: the answer names models in the store, so it may not depend on how busy a
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
