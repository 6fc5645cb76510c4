import json
from pathlib import Path

import pytest

from dataset_files import draw, write_shard
from miaudit import registry
from tiny import Call

NAMES = registry.names("datasets")


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data root with MNIST alone."""
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path))
    for split in ("train", "test"):
        write_shard(tmp_path / "mnist" / f"{split}.parquet", draw(3, (1, 28, 28)), [0, 1, 2])
    return tmp_path


def test_all_are_listed(call: Call, root: Path) -> None:
    called = call("datasets")
    assert called.code == 0
    for name in NAMES:
        assert f"\n{name} " in called.out
    assert str(root) in called.out
    assert "purchase100: unpack dataset_purchase.tgz" in called.out
    assert "cifar10: get train and test of uoft-cs/cifar10" in called.out
    assert "mnist: get" not in called.out.replace("fashion_mnist", "")


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_the_table_fits_the_screen(call: Call, root: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    table = call("datasets").out.partition("MB: ")[0].splitlines()
    assert max(len(line.rstrip()) for line in table) <= width
    (mnist,) = (line for line in table if line.startswith("mnist"))
    assert "yes" in mnist.split()
    assert ("source" in table[0]) == (width == 200)


def test_for_machines(call: Call, root: Path) -> None:
    listed = json.loads(call("datasets", "--json").out)
    assert listed["data_root"] == str(root)
    cards = {item["name"]: item for item in listed["datasets"]}
    assert list(cards) == list(NAMES)
    here = {name for name, item in cards.items() if item["on_disk"]}
    assert here == {"mnist", *(name for name in NAMES if not registry.find("datasets", name).about.files)}
    mnist = cards["mnist"]
    assert (mnist["records"], mnist["classes"], mnist["shape"]) == (70_000, 10, [1, 28, 28])
    assert mnist["folder"] == str(root / "mnist")
    size = sum(path.stat().st_size for path in (root / "mnist").iterdir())
    assert mnist["megabytes"] == pytest.approx(size / 1e6, abs=1e-3)
    assert cards["cifar10"]["megabytes"] > 100


@pytest.mark.parametrize("name", NAMES)
def test_every_data_set_is_described(call: Call, name: str) -> None:
    cards = {item["name"]: item for item in json.loads(call("datasets", "--json").out)["datasets"]}
    for key in ("describes", "licence", "source", "how_to_get"):
        assert cards[name][key]
    if cards[name]["records"] is not None:
        assert cards[name]["records"] > cards[name]["classes"] > 1
    assert (cards[name]["folder"] is None) == (not registry.find("datasets", name).about.files)


def test_another_data_root(call: Call, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_shard(other / "fashion_mnist" / "train.parquet", draw(3, (1, 28, 28)), [0, 1, 2])
    write_shard(other / "fashion_mnist" / "test.parquet", draw(3, (1, 28, 28)), [0, 1, 2])
    listed = json.loads(call("datasets", "--data-root", other, "--json").out)
    assert listed["data_root"] == str(other)
    assert {item["name"] for item in listed["datasets"] if item["on_disk"]} == {"fashion_mnist", "digits", "user_file"}
    assert json.loads(call("datasets", "--json").out)["data_root"] == str(tmp_path)  # for one call alone


def test_an_audit_of_data_from_another_root(call: Call, tmp_path: Path) -> None:
    config = tmp_path / "a.yaml"
    config.write_text("{dataset: mnist, split: {name: pool, models: 2}, recipe: {model: lenet5}}")
    here, there = (call("audit", config, "--data-root", root, "--plan-only") for root in (tmp_path, tmp_path / "none"))
    assert f"mnist is not in {tmp_path / 'none'}" in there.err
    assert "--data-root" in there.err
    assert "is not in" not in here.err
