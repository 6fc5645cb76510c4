"""A paper's page: tables beside published numbers, figures, who made them."""

import re
import shutil
from pathlib import Path

import pytest

from miaudit.experiments import results
from miaudit.experiments.page import page, state, write_pages
from miaudit.experiments.running import Reproduction
from miaudit.experiments.spec import load
from miaudit.store.local import LocalStore
from tiny import rows_of

SETTINGS = """
digits:
  dataset: digits
  split: {name: six_way, target_in: 60, target_out: 60, shadow_in: 50, shadow_out: 50, reference: 60}
  recipe: {model: {name: mlp, hidden: [8]}, epochs: 2}
"""
TABLE = """
title: A small table
source: A paper, Table 1
measures: [auc, test_accuracy, tpr_at_fpr_0.01]
series: [roc, precision_recall, hardness, scores_by_class, difficulty]
attacks: [loss, calibrated]
note: What holds for all rows.
rows:
  - {name: first, setting: digits, title: The first, stand_in: a larger one, note: Why it differs.}
  - {name: absent, setting: digits, change: {dataset: {name: mnist}}}
  - {name: second, setting: digits, change: {dataset: {name: mnist}}, title: The second}
"""
FIGURE = """
title: Densities
source: A paper, Figure 2
series: [densities]
measures: [kl_divergence]
attacks: [kde]
rows:
  - {name: kernel, setting: digits, known: {share: 0.5}}
"""
EXPECTED = """experiment,row,attack,measure,value,source
table1,first,loss,auc,0.5,"A paper, Table 1"
table1,first,calibrated,auc,0.99,"A paper, Table 1"
table1,absent,loss,auc,0.75,"A paper, Table 1"
table1,,,range,0.25,"A paper, Table 1"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Experiments of which one was run."""
    root = tmp_path_factory.mktemp("experiments")
    (root / "paper").mkdir()
    files = {
        "settings.yaml": SETTINGS,
        "table1.yaml": TABLE,
        "figure2.yaml": FIGURE,
        "expected.csv": EXPECTED,
        "findings.md": "What it says.",
    }
    for name, text in files.items():
        (root / "paper" / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIAUDIT_DATA", str(root))
        for name in ("paper/table1", "paper/figure2"):
            for row in rows_of(Reproduction(LocalStore(root / "store")), load(root, name)):
                results.write(root, results.read(root, name, "paper").with_row(row))
    return root


def test_the_page_tells_what_was_published_what_was_found_and_what_is_missing(folder: Path, tmp_path: Path) -> None:
    text = page(folder, "paper", ["paper/table1"], tmp_path)
    assert "What it says." in text
    assert "## A paper, Table 1: A small table" in text
    assert "What holds for all rows." in text
    assert "| `digits` | digits | six_way, target in 60, target out 60, shadow in 50," in text
    assert "| mlp, hidden 8, epochs 2 |  |  |" in text
    assert re.search(
        r"\| The first \*\(for a larger one\)\* \| loss \|  \| 0\.5 / \*\*0\.\d+\*\* \[0\.\d+, 0\.\d+\] [✓?✗]", text
    )
    assert re.search(r"\| The first .*\| calibrated \|  \| 0\.99 / .* ✗", text)
    assert re.search(r"\| absent \| loss \| 0\.75 / – .*not run: data set mnist is not on disk", text)
    assert "- The first: Why it differs." in text
    assert "- The second: not run: data set mnist is not on disk" in text
    assert "Published, and not measured as such: range 0.25." in text
    assert re.search(r"\| A paper, Table 1: A small table \| 1 of 3 rows \| 4 \| 2 \| [01] \| [01] \| [12] \|", text)
    assert re.search(r"- The first: attacks ranked by AUC .*(loss|calibrated)", text)
    assert re.search(r"\*Made 20\d\d-\d\d-\d\d on .* cores; models trained in \d+\.\d min of one core or GPU", text)


def test_training_times_that_are_not_known_are_told(folder: Path, tmp_path: Path) -> None:
    found = results.read(folder, "paper/table1", "paper")
    row = found.row("first", 0)
    assert row is not None
    root = tmp_path / "experiments"
    shutil.copytree(folder, root)
    results.write(root, found.with_row(row.model_copy(update={"made": {**row.made, "training_seconds": None}})))
    text = page(root, "paper", ["paper/table1"], tmp_path)
    assert "cores; training time of 1 row not recorded; " in text


def test_cuts_that_miss_their_condition_are_counted(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "experiments"
    shutil.copytree(folder, root)
    found = results.read(root, "paper/table1", "paper")
    row = found.row("first", 0)
    assert row is not None
    runs = (row.runs[0].model_copy(update={"unmet": ("loss",)}), row.runs[0].model_copy(update={"seed": 1}))
    results.write(root, found.with_row(row.model_copy(update={"runs": runs})))
    text = page(root, "paper", ["paper/table1"], tmp_path)
    told = "in 1 of 2 runs no cut of loss is known to meet the condition where cuts are chosen"
    assert f"- The first: {told}" in text


def test_every_series_has_a_figure(folder: Path, tmp_path: Path) -> None:
    (path,) = write_pages(folder, tmp_path)
    text = path.read_text(encoding="utf-8")
    figures = re.findall(r"!\[[^]]*\]\((figures/[^)]+\.svg)\)", text)
    series = {"roc", "precision_recall", "hardness", "scores_by_class", "difficulty"}
    assert set(figures) == {f"figures/paper_table1_{name}.svg" for name in series} | {
        "figures/paper_figure2_densities.svg"
    }
    for figure in figures:
        assert "<svg" in (tmp_path / figure).read_text(encoding="utf-8")


def test_figures_are_the_same_when_they_are_drawn_again(folder: Path, tmp_path: Path) -> None:
    texts = []
    for _ in range(2):
        list(write_pages(folder, tmp_path))
        texts.append((tmp_path / "figures" / "paper_table1_roc.svg").read_bytes())
    assert texts[0] == texts[1]


def test_the_state_counts_rows(folder: Path, tmp_path: Path) -> None:
    found = results.read(folder, "paper/table1", "paper")
    assert state(load(folder, "paper/table1"), found) == "1 of 3 rows"
    root = tmp_path / "experiments"
    shutil.copytree(folder, root)
    settings = root / "paper" / "settings.yaml"
    settings.write_text(SETTINGS.replace("epochs: 2", "epochs: 3"), encoding="utf-8")
    assert state(load(root, "paper/table1"), found) == "1 of 3 rows, 1 with older settings"
