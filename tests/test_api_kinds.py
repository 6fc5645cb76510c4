"""Records and labels of every kind give the scores that the same records as a NumPy array with labels 0..C-1 give."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pandas as pd
import polars as pl
import pytest
import torch
from PIL import Image
from scipy import sparse
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from torch import nn

from miaudit import Audit, UserError, audit
from miaudit.experiments.quick import IN_PROCESS

N = 160
RNG = np.random.default_rng(0)
HALVES = slice(N // 2), slice(N // 2, N)
AGE, PAY = RNG.integers(20, 70, N), RNG.normal(3, 1, N).round(2)
TOWN, MARRIED = np.array(["Ulm", "Bonn", "Kiel"])[RNG.integers(0, 3, N)], RNG.random(N) < 0.5
Y = (AGE / 50 + MARRIED + RNG.logistic(size=N) > 1.5).astype(np.int64)
ATTACKS = ["loss", "lira"]


def audited(target: Any, x: Any, y: Any, store: Path, **options: Any) -> Audit:
    parts = [(_rows(x, half), _rows(y, half)) for half in HALVES]
    given = {"attacks": ATTACKS, "models": 4, "shadows": 2, "runner": IN_PROCESS, "store": store, **options}
    return audit(target, *parts, **given)


def _rows(x: Any, half: slice) -> Any:
    return {name: each[half] for name, each in x.items()} if isinstance(x, dict) else x[half]


def assert_same_scores(found: Audit, original: Audit) -> None:
    for name in ATTACKS:
        npt.assert_allclose(
            found.scores[name].to_numpy(), original.scores[name].to_numpy(), rtol=1e-6, atol=1e-9, err_msg=name
        )
    assert len(set(found.scores["lira"].to_pylist())) > 10


def frame() -> pd.DataFrame:
    pay = np.where(RNG.random(N) < 0, np.nan, PAY)
    pay[::9] = np.nan
    return pd.DataFrame({"age": AGE, "pay": pay, "town": TOWN, "married": MARRIED}).astype({"town": object})


def coded() -> Any:
    """The frame as the pipeline codes it, for a forest without one."""
    table = frame()
    towns = (TOWN[:, None] == np.array(["Bonn", "Kiel", "Ulm"])).astype(float)
    return np.column_stack([towns, table["age"], table["pay"].fillna(3.0), table["married"]])


def forest() -> RandomForestClassifier:
    return RandomForestClassifier(n_estimators=3, random_state=0)


def pipeline() -> Pipeline:
    columns = ColumnTransformer(
        [
            ("town", OneHotEncoder(sparse_output=False), ["town"]),
            ("age", "passthrough", ["age"]),
            ("pay", SimpleImputer(strategy="constant", fill_value=3.0), ["pay"]),
            ("married", "passthrough", ["married"]),
        ]
    )
    return make_pipeline(columns, forest())


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """A forest on the numbers that the tables are coded as."""
    x, half = coded(), HALVES[0]
    return audited(forest().fit(x[half], Y[half]), x, Y, tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_pipeline_gets_its_table(plain: Audit, library: str, tmp_path: Path) -> None:
    table = frame() if library == "pandas" else pl.from_pandas(frame())
    named = np.array(["no", "yes"])[Y]
    target = pipeline().fit(table[HALVES[0]], named[HALVES[0]])
    found = audited(target, table, named, tmp_path, runner=None)  # other processes map the table from a file
    assert_same_scores(found, plain)
    assert found.result.target.class_names == ("no", "yes")
    assert found.scores["class"].to_pylist() == [("no", "yes")[label] for label in found.scores["label"].to_pylist()]
    assert found.result.controls.blind is not None
    assert found.result.controls.blind.saw == "records"
    assert "no, yes" in found.to_html()


def test_a_table_of_plain_numbers_stays_one_where_columns_are_asked_for(tmp_path: Path) -> None:
    table = frame()[["age", "married"]]
    chosen = ColumnTransformer([("age", "passthrough", ["age"]), ("married", "passthrough", ["married"])])
    target = make_pipeline(chosen, forest()).fit(table[HALVES[0]], Y[HALVES[0]])
    x = np.column_stack([AGE, MARRIED]).astype(float)
    original = audited(forest().fit(x[HALVES[0]], Y[HALVES[0]]), x, Y, tmp_path)
    assert_same_scores(audited(target, table, Y, tmp_path), original)
    assert_same_scores(audited(forest().fit(table[HALVES[0]], Y[HALVES[0]]), table, Y, tmp_path), original)


def test_texts_reach_a_pipeline_as_texts(tmp_path: Path) -> None:
    words = np.array(["we", "all", "saw", "a", "good", "bad", "dull", "film", "book", "play", "here", "now"])
    texts = [" ".join(words[row]) for row in RNG.integers(0, len(words), (N, 6))]
    y = np.array(["good" in text for text in texts])
    target = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts[HALVES[0]], y[HALVES[0]])
    found = audited(target, texts, y, tmp_path, attacks=["loss"])
    expected = target.predict_proba(texts)[np.arange(N), y.astype(int)]
    places = found.scores["position"].to_numpy() + np.where(found.scores["member"].to_numpy(), 0, N // 2)
    npt.assert_allclose(found.scores["signal.loss"].to_numpy(), np.log(expected[places]), rtol=1e-9)
    assert found.result.duplicates is not None
    assert audited(target, np.array(texts), y, tmp_path).result.target.class_names == ("False", "True")


def test_sparse_matrices(tmp_path: Path) -> None:
    x = (RNG.random((N, 12)) < 0.3) * RNG.normal(size=(N, 12))
    y, model = (x.sum(axis=1) > 0).astype(int), DecisionTreeClassifier(max_depth=3, min_samples_leaf=4, random_state=0)
    original = audited(model.fit(x[HALVES[0]], y[HALVES[0]]), x, y, tmp_path)
    assert_same_scores(audited(model, sparse.csr_matrix(x), y, tmp_path), original)
    assert_same_scores(audited(model, sparse.coo_array(x).tocsr(), y, tmp_path), original)


class Tokens(nn.Module):
    """Looks up token ids, beside which there may be numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.linear = nn.Embedding(20, 4), nn.Linear(5, 2)

    def forward(self, ids: torch.Tensor, extra: torch.Tensor | None = None) -> torch.Tensor:
        extra = torch.zeros(len(ids), 1) if extra is None else extra
        logits: torch.Tensor = self.linear(torch.cat([self.embedding(ids).mean(dim=1), extra], dim=1))
        return logits


IDS, EXTRA = RNG.integers(0, 20, (N, 5)), RNG.normal(size=(N, 1)).astype(np.float32)


def tokens(seed: int = 0) -> Tokens:
    torch.manual_seed(seed)
    return Tokens()


def assert_asked_as_is(found: Audit, logits: torch.Tensor) -> None:
    losses = nn.functional.cross_entropy(logits.double(), torch.from_numpy(Y), reduction="none").detach().numpy()
    places = found.scores["position"].to_numpy() + np.where(found.scores["member"].to_numpy(), 0, N // 2)
    npt.assert_allclose(found.scores["signal.loss"].to_numpy(), -losses[places], rtol=1e-5)
    assert len(set(found.scores["lira"].to_pylist())) > 10


def test_token_ids_reach_an_embedding_as_whole_numbers(tmp_path: Path) -> None:
    module = tokens()
    found = audited(module, IDS, Y, tmp_path)
    assert_asked_as_is(found, module(torch.from_numpy(IDS)))


@pytest.mark.parametrize("by_name", [True, False])
def test_several_inputs(by_name: bool, tmp_path: Path) -> None:
    module = tokens()
    parts = [((IDS[half], EXTRA[half]), Y[half]) for half in HALVES]
    if by_name:
        parts = [({"extra": EXTRA[half], "ids": IDS[half]}, Y[half]) for half in HALVES]  # type: ignore[misc]
    found = audit(module, *parts, attacks=ATTACKS, models=4, shadows=2, runner=IN_PROCESS, store=tmp_path)
    assert_asked_as_is(found, module(torch.from_numpy(IDS), torch.from_numpy(EXTRA)))


def test_torch_data_sets_and_loaders(tmp_path: Path) -> None:
    module, told = tokens(), []
    data = [torch.utils.data.TensorDataset(torch.from_numpy(IDS[h]), torch.from_numpy(Y[h])) for h in HALVES]
    loader = torch.utils.data.DataLoader(data[0], batch_size=16, shuffle=True, drop_last=True)
    found = audit(
        module, loader, data[1], attacks=ATTACKS, models=4, shadows=2, runner=IN_PROCESS, store=tmp_path,
        progress=lambda *each: told.append(each),
    )  # fmt: skip
    original = audited(module, IDS, Y, tmp_path)
    assert_same_scores(found, original)
    assert ("reading members", N // 2, N // 2) in told


def test_arrays_in_files_are_not_copied_and_keep_their_names(tmp_path: Path) -> None:
    x = np.column_stack([AGE, PAY]).astype(np.float64)
    np.save(tmp_path / "x.npy", x)
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(x[HALVES[0]], Y[HALVES[0]])
    original = audited(model, x, Y, tmp_path / "store")
    found = audited(model, np.load(tmp_path / "x.npy", mmap_mode="r"), Y, tmp_path / "store")
    assert_same_scores(found, original)
    assert found.result.cost.models_trained == 0  # under the names that they have for the array
    assert found.result.provenance.data == original.result.provenance.data


def test_folders_of_images(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 256, (N, 4, 4, 3), dtype=np.uint8)
    paths = [tmp_path / part for part in ("train", "test")]
    for place in range(N):
        folder = paths[place >= N // 2] / ("cat", "dog")[Y[place]]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels[place]).save(folder / f"{place:03}.png")
    x = np.moveaxis(pixels, 3, 1).astype(np.float32) / 255
    module = nn.Sequential(nn.Flatten(), nn.Linear(48, 2))
    found = audit(module, *paths, attacks=ATTACKS, models=4, shadows=2, runner=IN_PROCESS, store=tmp_path / "store")
    order = [np.flatnonzero(Y[half] == label) + half.start for half in (slice(0, 80), slice(80, N)) for label in (0, 1)]
    rows = np.concatenate(order)
    parts = [(x[rows[half]], Y[rows[half]]) for half in HALVES]
    original = audit(module, *parts, attacks=ATTACKS, models=4, shadows=2, runner=IN_PROCESS, store=tmp_path / "store")
    assert_same_scores(found, original)
    assert found.result.target.class_names == ("cat", "dog")


@pytest.mark.parametrize("kind", ["text", "gaps", "one-hot", "weighted"])
def test_labels_are_names(plain: Audit, kind: str, tmp_path: Path) -> None:
    x, half, model = coded(), HALVES[0], forest()
    if kind == "weighted":  # parameters may call classes by their labels
        x_plain = audited(forest().set_params(class_weight={0: 1, 1: 3}).fit(x[half], Y[half]), x, Y, tmp_path)
        model = model.set_params(class_weight={"b": 3, "a": 1})
    labels: Any = {"text": np.array(["a", "b"])[Y], "gaps": Y * 6000, "one-hot": np.eye(2, dtype=int)[Y]}.get(
        kind, np.array(["a", "b"])[Y]
    )
    found = audited(model.fit(x[half], labels[half]), x, labels, tmp_path)
    assert found.result.target.classes == 2
    assert_same_scores(found, x_plain if kind == "weighted" else plain)


def test_a_module_that_knows_only_places_takes_labels_in_sorted_order(tmp_path: Path) -> None:
    module = tokens()
    found = audited(module, IDS, np.array(["no", "yes"])[Y], tmp_path)
    assert_asked_as_is(found, module(torch.from_numpy(IDS)))
    with pytest.raises(
        UserError, match=r"expected 2 different labels, as the target knows 2 classes; got 3 \(a, b, c\)"
    ):
        audited(module, IDS, np.array(["a", "b", "c"])[np.arange(N) % 3], tmp_path)


def test_what_no_module_reads_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="a torch module reads numbers, and the records are a table"):
        audited(tokens(), frame(), Y, tmp_path)


def test_forms_do_not_mix(tmp_path: Path) -> None:
    target = pipeline().fit(frame()[HALVES[0]], Y[HALVES[0]])
    with pytest.raises(UserError, match="features of one form in every part, got members a table, nonmembers an array"):
        audit(target, (frame()[HALVES[0]], Y[HALVES[0]]), (coded()[HALVES[1]], Y[HALVES[1]]), store=tmp_path)
