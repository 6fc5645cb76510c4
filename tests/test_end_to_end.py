"""A network on real digits, from its records to the report: the shortest way through everything."""

from pathlib import Path

import pytest
import torch
from torch import nn

from miaudit import Audit, audit
from miaudit.attacks import Ldc
from miaudit.datasets.digits import Digits
from miaudit.models.base import predict
from miaudit.seeds import generator
from tiny import LDC, recipe

ATTACKS = {name: name for name in ("loss", "calibrated", "lira", "two_stage", "kde")} | {LDC: Ldc(max_records=256)}
MEMBERS, NONMEMBERS = 400, 400


def trained(x: torch.Tensor, y: torch.Tensor) -> nn.Module:
    """A user's network, trained by the user's own loop until it knows its data by heart."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(40):
        for batch in torch.randperm(len(y)).reshape(-1, 40):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(x[batch]), y[batch])
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return net


@pytest.mark.slow
def test_a_network_on_digits(tmp_path: Path) -> None:
    data = Digits().load()
    rows = generator(0, "digits").permutation(len(data))
    inside, outside = rows[:MEMBERS], rows[MEMBERS : MEMBERS + NONMEMBERS]
    net = trained(torch.from_numpy(data.x[inside]), torch.from_numpy(data.y[inside]))
    how = recipe(model=net_recipe(), learning_rate=0.01, batch_size=32, epochs=40)

    def look() -> Audit:
        members, nonmembers = (data.x[inside], data.y[inside]), (data.x[outside], data.y[outside])
        return audit(
            net, members, nonmembers, recipe=how, attacks=[*ATTACKS.values()], models=8, shadows=2, store=tmp_path
        )

    found = look()
    result = found.result
    assert result.verdict.level == "leaks"
    assert result.controls.null_passed
    assert result.controls.positive_passed
    right = predict(net, data.x[inside]).argmax(axis=1) == data.y[inside]
    assert result.target.train_accuracy.value == pytest.approx(right.mean())
    assert right.mean() > 0.99

    auc = {name: result.attacks[name].auc for name in ATTACKS}
    for name in ("lira", LDC, "calibrated"):
        low = auc[name].low
        assert low is not None
        assert low > 0.5
    assert (auc["lira"].value or 0) > (auc["loss"].value or 1)

    exposed = found.most_exposed(50)
    assert len(exposed) == 50
    assert exposed[0].rank == 1
    report = found.save(tmp_path / "out")
    page = report.read_text()
    assert result.verdict.headline in page
    assert all(name in page for name in ATTACKS)

    again = look()
    assert again.result.cost.models_trained == 0
    assert again.scores.equals(found.scores)
    assert again.result.model_dump(exclude={"cost"}) == result.model_dump(exclude={"cost"})


def net_recipe() -> object:
    """The same layers, as a user would name them in a configuration."""
    from miaudit.models.mlp import Mlp

    return Mlp(hidden=(64,))
