"""The user's own records: what is read, and what is refused with which words."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from pydantic import ValidationError

from miaudit import registry
from miaudit.datasets.user_file import UserFile
from miaudit.errors import UserError

TABLE: dict[str, Any] = {
    "age": [39, 50, 38, 53],
    "job": ["clerk", "boss", "clerk", "artist"],
    "rate": [0.5, -1.25, 0.0, 1e6],
    "married": [True, False, True, True],
    "label": ["rich", "poor", "poor", "rich"],
    "key": [12, 11, 10, 2**40],
}


def written(folder: Path, table: dict[str, Any], suffix: str) -> Path:
    path = folder / f"people{suffix}"
    if suffix == ".csv":
        pyarrow.csv.write_csv(pa.table(table), path)
    else:
        pyarrow.parquet.write_table(pa.table(table), path)
    return path


@pytest.fixture(params=[".csv", ".parquet"])
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_table(tmp_path: Path, suffix: str) -> None:
    data = UserFile(path=written(tmp_path, TABLE, suffix), id="key").load()
    assert data.name == "people"
    assert data.feature_names == ("age", "job=artist", "job=boss", "job=clerk", "rate", "married")
    expected = [[39, 0, 0, 1, 0.5, 1], [50, 0, 1, 0, -1.25, 0], [38, 0, 0, 1, 0, 1], [53, 1, 0, 0, 1e6, 1]]
    np.testing.assert_array_equal(data.x, np.array(expected, dtype=np.float32))
    assert data.x.dtype == np.float32
    assert data.y.tolist() == [1, 0, 0, 1]
    assert data.y.dtype == np.int64
    assert data.class_names == ("poor", "rich")
    assert data.classes == 2
    assert data.record_ids.tolist() == [12, 11, 10, 2**40]


def test_ids_may_be_text(tmp_path: Path, suffix: str) -> None:
    keys = ["PAT-3", "PAT-1", "PAT-2", "PAT-0"]
    data = UserFile(path=written(tmp_path, TABLE | {"key": keys}, suffix), id="key").load()
    assert data.record_ids.tolist() == keys
    assert data.ids is None  # evidence holds whole numbers: the rows


def test_chosen_columns_in_their_order(tmp_path: Path, suffix: str) -> None:
    data = UserFile(path=written(tmp_path, TABLE, suffix), label="married", features=("rate", "age")).load()
    assert data.feature_names == ("rate", "age")
    np.testing.assert_array_equal(data.x[1], [-1.25, 50])
    assert data.y.tolist() == [1, 0, 1, 1]
    assert data.class_names == ("False", "True")
    assert data.ids is None
    assert data.record_ids.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("labels", "y", "names"),
    [
        ([10, 9, 10, -1], [2, 1, 2, 0], ("-1", "9", "10")),
        ([1.5, 0.5, 1.5, 0.5], [1, 0, 1, 0], ("0.5", "1.5")),
        (["b", "B", "b", "a"], [2, 0, 2, 1], ("B", "a", "b")),
    ],
)
def test_labels_of_any_type(tmp_path: Path, suffix: str, labels: list[Any], y: list[int], names: Any) -> None:
    table = {"x": [1, 2, 3, 4, 5, 6], "label": labels + labels[:2]}
    data = UserFile(path=written(tmp_path, table, suffix)).load()
    assert data.y.tolist()[:4] == y
    assert data.class_names == names


def test_categories_and_decimals_of_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    columns = {
        "colour": pa.array(["red", "blue", "red", "red"]).dictionary_encode(),
        "price": pa.array(["1.25", "2.50", "0.00", "3.75"]).cast(pa.decimal128(5, 2)),
        "label": pa.array(["no", "yes", "no", "yes"]).dictionary_encode(),
    }
    pyarrow.parquet.write_table(pa.table(columns), path)
    data = UserFile(path=path).load()
    assert data.feature_names == ("colour=blue", "colour=red", "price")
    np.testing.assert_array_equal(data.x, [[0, 1, 1.25], [1, 0, 2.5], [0, 1, 0], [0, 1, 3.75]])
    assert data.class_names == ("no", "yes")


def test_the_type_of_a_csv_column_is_told_by_all_of_it(tmp_path: Path) -> None:
    """Whole numbers for megabytes, then a fraction and a word."""
    n = 200_000
    path = tmp_path / "a.csv"
    rows = [f"{i % 7},{i % 5},{i % 2}" for i in range(n)]
    path.write_text("a,b,label\n" + "\n".join([*rows, "0.5,1,1", "1,?,0"]))
    data = UserFile(path=path, features=("a",)).load()
    assert data.x[n, 0] == np.float32(0.5)
    with pytest.raises(UserError, match=r"column b: expected numbers, as nearly all rows have them, got '\?' \(1 of"):
        UserFile(path=path).load()


def test_codes_of_which_some_are_numbers_are_categories(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("code,label\n" + "10,0\n20,1\nA,0\nB,1\n" * 3)
    assert UserFile(path=path).load().feature_names == ("code=10", "code=20", "code=A", "code=B")


def test_row_numbers_are_no_feature(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('"","x","label"\n"1",5,0\n"2",6,1\n"3",5,0\n"4",6,1\n')
    with pytest.raises(UserError, match="column '' seems to number the rows, as R and pandas write them"):
        UserFile(path=path).load()
    assert UserFile(path=path, features=("x",)).load().feature_names == ("x",)


def test_whole_numbers_that_single_precision_cannot_tell_apart(tmp_path: Path, suffix: str) -> None:
    table = {"x": [2**53 + 1, 2**60 + 1, 3, 4], "label": [0, 1, 0, 1]}
    data = UserFile(path=written(tmp_path, table, suffix)).load()
    np.testing.assert_array_equal(data.x[:, 0], np.array([2**53, 2**60, 3, 4], dtype=np.float32))


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x;label\n0,5;0\n1,25;1\n2,0;0\n3,5;1\n")
    assert UserFile(path=path).load().x[:, 0].tolist() == [0.5, 1.25, 2.0, 3.5]


def test_an_npz_of_images(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    x = np.arange(4 * 3 * 2 * 2, dtype=np.uint8).reshape(4, 3, 2, 2)
    np.savez(path, x=x, y=np.array(["cat", "dog", "cat", "dog"]))
    data = UserFile(path=path).load()
    np.testing.assert_array_equal(data.x, x.astype(np.float32))
    assert data.x.dtype == np.float32
    assert data.y.tolist() == [0, 1, 0, 1]
    assert data.class_names == ("cat", "dog")
    assert data.feature_names == ()


def test_the_names_in_an_npz(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez_compressed(path, images=np.eye(4), target=np.array([3, 3, 7, 7]), key=np.array([4, 3, 2, 1]))
    data = UserFile(path=path, features=("images",), label="target", id="key").load()
    assert data.y.tolist() == [0, 0, 1, 1]
    assert data.class_names == ("3", "7")
    assert data.record_ids.tolist() == [4, 3, 2, 1]


def test_the_same_content_has_the_same_fingerprint(tmp_path: Path) -> None:
    fingerprints = {
        UserFile(path=written(tmp_path, TABLE, suffix), id="key").load().fingerprint for suffix in (".csv", ".parquet")
    }
    assert len(fingerprints) == 1
    changed = TABLE | {"age": [39, 50, 38, 54]}
    assert UserFile(path=written(tmp_path, changed, ".csv"), id="key").load().fingerprint not in fingerprints


def test_the_registry_finds_it() -> None:
    source = registry.build("datasets", "user_file", {"path": "a.csv", "features": ["x", "y"]})
    assert source == UserFile(path=Path("a.csv"), features=("x", "y"))
    with pytest.raises(UserError, match="dataset user_file: there is no option 'labels'"):
        registry.build("datasets", "user_file", {"path": "a.csv", "labels": "y"})


# What is refused

MISTAKES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"age": [39, None, 38, None], "job": ["a", None, "b", "c"]}, {}, "missing ones .age 2, job 1.; fill them in"),
    ({"rate": [0.5, float("nan"), 0.0, 1.0]}, {}, "missing ones .rate 1."),
    ({"label": ["rich", None, "poor", "rich"]}, {}, "missing ones .label 1."),
    ({"rate": [0.5, float("inf"), 0.0, 1.0]}, {}, "expected finite features .* got 1 values"),
    ({"rate": [0.5, 1e300, 0.0, 1.0]}, {}, "expected finite features .* got 1 values"),
    ({"label": ["rich"] * 4}, {}, "expected at least two classes.* got 1 different labels for 4 records"),
    ({"label": ["a", "b", "c", "d"]}, {}, "two records for each on average; got 4 different labels for 4 records"),
    ({}, {"label": "lable"}, "there is no column 'lable': did you mean 'label'"),
    ({}, {"label": "zzz"}, "there is no column 'zzz': expected one of age, job, rate, married, label, key"),
    ({}, {"features": ("age", "jobs")}, "there is no column 'jobs': did you mean 'job'"),
    ({}, {"id": "keys"}, "there is no column 'keys': did you mean 'key'"),
    ({}, {"features": ("age", "label")}, "expected features other than label, got age, label"),
    ({}, {"features": ()}, "expected features other than label, got none"),
    ({"key": [1, 2, 3, 1]}, {"id": "key"}, "expected a different id for every record, got 1 repeated"),
    ({"key": [0.5, 1.5, 2.5, 3.5]}, {"id": "key"}, "expected ids that are whole numbers or text"),
    ({"key": ["a", "b", "c", "a"]}, {"id": "key"}, "expected a different id for every record, got 1 repeated"),
]


@pytest.mark.parametrize(("changes", "options", "message"), MISTAKES)
def test_mistakes_in_a_table(
    tmp_path: Path, suffix: str, changes: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    path = written(tmp_path, TABLE | changes, suffix)
    with pytest.raises(UserError, match=message) as error:
        UserFile(path=path, **options).load()
    assert "people" in str(error.value)


def test_a_column_of_names_is_no_feature(tmp_path: Path, suffix: str) -> None:
    n = 1001
    table = {"name": [f"person {i}" for i in range(n)], "label": [i % 2 for i in range(n)]}
    with pytest.raises(UserError, match="column name: expected at most 1,000 different values of a text, got 1,001"):
        UserFile(path=written(tmp_path, table, suffix)).load()


def test_dates_and_lists_are_no_features(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("when,label\n2020-01-01,0\n2020-01-02,1\n2020-01-03,1\n2020-01-04,0\n")
    with pytest.raises(UserError, match="column when: expected numbers, text or booleans, got date32"):
        UserFile(path=path).load()
    table = {"vector": [[1.0, 2.0]] * 4, "label": [0, 1, 0, 1]}
    with pytest.raises(UserError, match="column vector: expected numbers or text, one value per row, got list"):
        UserFile(path=written(tmp_path, table, ".parquet")).load()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a CSV table; got an empty file"),
        ("a.csv", b"a,label\n1\n", "a CSV table, got something else: .*Expected 2 columns, got 1"),
        ("a.csv", b"a,a,label\n1,2,0\n", "expected every column once, got 'a' 2 times"),
        ("a.csv", b"a,label\n", "expected records, got a table without rows"),
        ("a.parquet", b"no parquet", "expected a file with records, a .parquet table"),
        ("a.npz", b"no zip", "expected an NPZ file"),
        ("a.npz", b"", "expected an NPZ file"),
        ("a.npz", b"PK\x03\x04 cut short", "expected an NPZ file"),
        ("a.xlsx", b"", "expected a file .csv, .parquet or .npz, got .xlsx"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=message):
        UserFile(path=tmp_path / name).load()


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="expected a file with records, got no such file"):
        UserFile(path=tmp_path / "gone.csv").load()
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UserError, match="got a folder"):
        UserFile(path=tmp_path / "folder.csv").load()


NPZ_MISTAKES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"features": ("z",)}, "there is no array 'z': expected one of x, y"),
    ({}, {"features": ("x", "y")}, "expected one array with the features, got 2: x, y"),
    ({"x": np.zeros(4)}, {}, r"x: expected numbers of shape \(n, ...\), got float64 of shape \(4,\)"),
    ({"x": np.zeros((0, 2))}, {}, r"x: expected numbers of shape \(n, ...\), got float64 of shape \(0, 2\)"),
    ({"x": np.full((4, 1), "a")}, {}, "x: expected numbers of shape"),
    ({"x": np.zeros((3, 2))}, {}, r"one label for each of 3 records, got labels of shape \(4,\)"),
    ({"y": np.eye(4)}, {}, r"one label for each of 4 records, got labels of shape \(4, 4\)"),
    ({"y": np.array([0, 1, np.nan, 1])}, {}, "expected a label for every record, got 1 that are not finite"),
    ({"x": np.full((4, 2), np.nan)}, {}, "expected finite features .* got 8 values"),
    ({"x": np.full((4, 2), 1e300)}, {}, "expected finite features .* got 8 values"),
]


@pytest.mark.parametrize(("changes", "options", "message"), NPZ_MISTAKES)
def test_mistakes_in_an_npz(tmp_path: Path, changes: dict[str, Any], options: dict[str, Any], message: str) -> None:
    arrays = {"x": np.zeros((4, 2)), "y": np.array([0, 1, 0, 1])} | changes
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(UserError, match=message):
        UserFile(path=tmp_path / "a.npz", **options).load()


def test_an_array_without_a_name_is_no_npz(tmp_path: Path) -> None:
    with (tmp_path / "a.npz").open("wb") as file:
        np.save(file, np.zeros((4, 2)))
    with pytest.raises(UserError, match="got a single array"):
        UserFile(path=tmp_path / "a.npz").load()


class Bomb:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> Any:
        return (Path.touch, (Path("unpickled"),))


def test_nothing_is_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.savez(tmp_path / "a.npz", x=np.zeros((2, 2)), y=np.array([Bomb(), Bomb()], dtype=object))
    (tmp_path / "b.npz").write_bytes(pickle.dumps(Bomb()))
    for name in ("a.npz", "b.npz"):
        with pytest.raises(UserError, match="expected an NPZ file"):
            UserFile(path=tmp_path / name).load()
    assert not (tmp_path / "unpickled").exists()


def test_it_is_frozen_and_checks_its_options() -> None:
    with pytest.raises(ValidationError):
        UserFile(path=Path("a.csv"), colour="red")  # type: ignore[call-arg]
