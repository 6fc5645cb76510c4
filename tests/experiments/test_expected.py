"""The published numbers: complete, in the tool's words, and free of the slips that arithmetic can find."""

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from miaudit.errors import UserError
from miaudit.experiments.expected import read_expected
from miaudit.experiments.measures import FACTS, kind
from miaudit.registry import names

FOLDER = Path(__file__).parents[2] / "experiments"
LDC_MIA = {
    "cifar10_wrn28_10",
    "cifar10_vgg16",
    "cifar100_densenet121",
    "cifar100_smallnet",
    "cinic10_vgg16",
    "adult_mlp",
    "credit_mlp",
}
HP_MIA_MEMBERS = {
    "mnist": 12000,
    "fashion_mnist": 12000,
    "cifar10_alexnet": 10000,
    "cifar10_wrn28_2": 10000,
    "purchase100": 20000,
    "texas100": 10000,
}  # HP-MIA 4.1.1
AUXILIARY = {f"n{2**power}" for power in range(1, 9)}
AUGMENTED = {"cifar10_vgg16", "cifar10_vgg16_augmented", "cifar100_smallnet", "cifar100_smallnet_augmented"}
DECAYS = ("0", "0.0001", "0.0003", "0.0005", "0.0007", "0.001", "0.005", "0.01")
ROWS = {
    "ldc_mia": {
        "table2": LDC_MIA,
        "table3": LDC_MIA,
        "table4": LDC_MIA,
        "table5": AUXILIARY,
        "table6": {"salem", "yeom", "watson_1", "watson_10", "lira_16", "lira_256", "ldc"},
        "table7": AUGMENTED,
        "table8": {f"sigma_{sigma}" for sigma in ("0", "0.2", "0.3", "0.6", "1")},
        "table9": {f"n{records}" for records in (6500, 8000, 9500, 11000, 12500)},
        "figure8": {"cifar100_densenet121", "cifar100_smallnet", "cinic10_vgg16"},
        "figure9": {"many_classes", "two_classes"},
    },
    "hp_mia": {
        **{f"table{number}": set(HP_MIA_MEMBERS) for number in range(1, 6)},
        "table6": {f"{data}_l2_{decay}" for data in ("fashion_mnist", "cifar10_alexnet") for decay in DECAYS},
        "figure14": {
            "mnist",
            "fashion_mnist",
            "cifar10_alexnet",
            "mnist_references_8",
            "mnist_references_20",
            "fashion_mnist_references_16",
        },
    },
    "kde_slides": {"training": {"cifar10_lenet5"}},
}
VARIANTS = {"calibrated_confidence", "lira_offline"}  # attacks under a name of their own: C-Conf, offline LiRA
POSITIVE = {"training_minutes", "inference_seconds", "epsilon"}
PAPERS = sorted(ROWS)


class Key(NamedTuple):
    """What a published number is about."""

    experiment: str
    row: str
    attack: str
    measure: str


def lines(paper: str) -> list[list[str]]:
    with (FOLDER / paper / "expected.csv").open(newline="") as file:
        return list(csv.reader(file))


def published(paper: str) -> dict[Key, float]:
    return {Key(*line[:4]): float(line[4]) for line in lines(paper)[1:]}


@pytest.mark.parametrize(
    "line", ["table1,a,loss,auc", "table1,a,loss,auc,high,a paper", "table1,a,loss,auc,nan,a paper"]
)
def test_lines_without_a_number_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "paper").mkdir()
    head = "experiment,row,attack,measure,value,source"
    (tmp_path / "paper" / "expected.csv").write_text(f"{head}\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"expected\.csv: expected a number as the value in each line"):
        read_expected(tmp_path, "paper")


@pytest.mark.parametrize("paper", PAPERS)
def test_columns(paper: str) -> None:
    head, *body = lines(paper)
    assert head == ["experiment", "row", "attack", "measure", "value", "source"]
    assert {len(line) for line in body} == {6}


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_is_published_twice(paper: str) -> None:
    assert len(published(paper)) == len(lines(paper)) - 1


@pytest.mark.parametrize("paper", PAPERS)
def test_every_experiment_has_its_rows(paper: str) -> None:
    found: dict[str, set[str]] = {}
    for key in published(paper):
        found.setdefault(key.experiment, set()).add(key.row)
    assert found == ROWS[paper]


@pytest.mark.parametrize("paper", PAPERS)
def test_attacks_are_plug_ins_or_named_variants(paper: str) -> None:
    for key in published(paper):
        known = {""} if key.measure in (*FACTS, "hardness_threshold") else {*names("attacks"), *VARIANTS}
        assert key.attack in known, key


@pytest.mark.parametrize("paper", PAPERS)
def test_values_are_in_range(paper: str) -> None:
    for key, value in published(paper).items():
        if key.measure == "hardness_threshold":  # log p of the true class
            assert value < 0, key
        elif kind(key.measure) == "count":
            assert value >= 0, key
            assert value.is_integer(), key
        elif kind(key.measure) == "rate":
            assert 0 <= value <= 1, key
        else:
            assert key.measure in POSITIVE, key
            assert value > 0, key


@pytest.mark.parametrize("paper", PAPERS)
def test_the_source_names_the_experiment(paper: str) -> None:
    for experiment, *_, source in lines(paper)[1:]:
        of = experiment.rstrip("0123456789")
        if of == "table":
            assert f"Table {experiment.removeprefix(of)}" in source
        assert source.startswith({"ldc_mia": "LDC-MIA ", "hp_mia": "HP-MIA ", "kde_slides": "slides, "}[paper])


def test_ldc_mia_has_every_cell_of_its_large_tables() -> None:
    count: dict[str, int] = {}
    for key in published("ldc_mia"):
        count[key.experiment] = count.get(key.experiment, 0) + 1
    # Table 6 has two empty cells: the attack without auxiliary models has neither their number nor their training.
    tables = {"table2": 7 * 2, "table3": 7 * 4 * 3, "table4": 7 * 4 * 2, "table5": 8 * 4, "table6": 7 * 5 - 2}
    tables |= {"table7": 4 * 4 * 2, "table8": 5 * 4, "table9": 5 * 3}
    assert {name: n for name, n in count.items() if name.startswith("table")} == tables


def test_hp_mia_has_every_cell_of_its_tables() -> None:
    count: dict[str, int] = {}
    for key in published("hp_mia"):
        count[key.experiment] = count.get(key.experiment, 0) + 1
    tables = {"table1": 6 * 2, "table2": 6 * 4 * 3, "table3": 6 * 4 * 3, "table4": 6 * 5, "table5": 6 * 3}
    tables["table6"] = 2 * 8 * 4
    assert {name: n for name, n in count.items() if name.startswith("table")} == tables


def test_a_larger_fpr_allows_a_larger_tpr() -> None:
    numbers = published("ldc_mia")
    for key, value in numbers.items():
        if key.experiment == "table3" and key.measure == "tpr_at_fpr_0.0001":
            wider = [numbers[key._replace(measure=f"tpr_at_fpr_{fpr}")] for fpr in ("0.001", "0.01")]
            # 0.1 % and 1 % are published with one digit less
            assert value <= wider[0] + 0.0005, key
            assert wider[0] <= wider[1], key


def test_tables_of_ldc_mia_agree_where_they_repeat_each_other() -> None:
    """All but one of the repeated numbers: a slip of transcription would show here."""
    numbers = published("ldc_mia")
    differ = []
    for key, value in numbers.items():
        origin = "table4" if key.measure == "auc" else "table3"
        main = Key(origin, key.row, key.attack, key.measure)
        if key.experiment == "table7" and not key.row.endswith("_augmented") and numbers[main] != value:
            differ.append((key.row, key.attack, key.measure, value, numbers[main]))
    assert differ == [("cifar100_smallnet", "top_k", "auc", 0.697, 0.679)]  # printed so: 97 for 79


def test_costs_repeat_the_comparison_with_lira() -> None:
    numbers = published("ldc_mia")
    for models in (16, 256):
        for measure in ("auc", "tpr_at_fpr_0.01"):
            again = numbers[Key("table6", f"lira_{models}", "lira", measure)]
            assert numbers[Key("table5", f"n{models}", "lira", measure)] == again


def test_recall_is_true_positives_by_members() -> None:
    numbers = published("hp_mia")
    of_recall = [key for key in numbers if key.measure == "recall"]
    assert len(of_recall) == 2 * 6 * 4
    for key in of_recall:
        found = numbers[key._replace(measure="true_positives")]
        assert numbers[key] == pytest.approx(found / HP_MIA_MEMBERS[key.row], abs=0.5001e-4), key


def test_precision_is_a_ratio_of_whole_records() -> None:
    """True positives by all that were called members, to a last printed digit; the papers print two exceptions."""
    numbers = published("hp_mia")
    impossible = set()
    for key, precision in numbers.items():
        found = numbers.get(key._replace(measure="true_positives"), 0.0)
        if key.measure != "precision" or not found:
            continue
        called = round(found / precision)
        if abs(found / called - precision) > 1e-4:
            impossible.add((key.experiment, key.row, key.attack))
    purchase = {(table, "purchase100", "calibrated_confidence") for table in ("table2", "table3")}
    assert impossible == purchase | {("table3", "cifar10_alexnet", "two_stage")}
