import numpy as np
import torch

from miaudit.training.network_recipe import Network


def test_a_network_with_a_tensor_that_cannot_be_an_array_is_not_stored() -> None:
    module = torch.nn.Linear(4, 3)
    stored = Network(module, 3, "cpu").tensors()
    assert stored is not None
    assert np.array_equal(stored["bias"], module.bias.detach().numpy())
    module.register_buffer("mask", torch.ones(2, dtype=torch.bfloat16))
    assert Network(module, 3, "cpu").tensors() is None
