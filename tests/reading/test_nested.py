import pyarrow as pa

from miaudit.reading.columns import Columns, columns_of
from miaudit.reading.nested import spread
from miaudit.reading.percent import without_percent_signs


def spread_out(**columns: object) -> Columns:
    return spread(columns_of(pa.table(columns)))


def test_lists_become_columns() -> None:
    found = spread_out(label=[0, 1], logits=[[1.0, 2.0], [3.0, 4.0]])
    assert found.names == ["label", "logits[0]", "logits[1]"]
    assert found.numbers("logits[1]").tolist() == [2, 4]


def test_vectors_as_text_become_columns() -> None:
    for cells in (["[1, 2]", "[3.0,4]"], ["[1. 2.]", "[ 3. 4. ]"], ["DenseVector([1,2])", "DenseVector([3, 4])"]):
        found = spread_out(p=cells)
        assert [found.numbers(name).tolist() for name in found.names] == [[1, 3], [2, 4]]


def test_records_become_columns() -> None:
    found = spread_out(probs=[{"no": 0.25, "yes": 0.75}, {"no": 0.5, "yes": 0.5}])
    assert found.names == ["probs.no", "probs.yes"]
    assert found.numbers("probs.yes").tolist() == [0.75, 0.5]


def test_pairs_of_name_and_number_become_a_column_a_name() -> None:
    pairs = [[{"label": "yes", "score": 0.75}, {"label": "no", "score": 0.25}], [{"label": "no", "score": 1.0}]]
    found = spread_out(out=pairs)
    assert found.names == ["out.yes", "out.no"]
    assert found.numbers("out.no").tolist() == [0.25, 1]
    assert found.blanks("out.yes") == 1


def test_what_is_no_vector_stays() -> None:
    for cells in (["[1, 2]", "[3]"], ["[a, b]", "[c, d]"], ["[1, 2]", None], ["[1]", "[2]"], [[1.0], [2.0]], [[1], []]):
        assert spread_out(p=cells).names == ["p"]


def test_percent_signs() -> None:
    table = columns_of(pa.table({"p": ["45.3%", None, " 100 %"], "w": ["10%", "a", "b"], "q": ["1", "2", "3"]}))
    found = without_percent_signs(table)
    assert found.numbers("p")[[0, 2]].tolist() == [0.453, 1]
    assert found.blanks("p") == 1
    assert found.is_text("w")
    assert found.is_text("q")
    comma = without_percent_signs(columns_of(pa.table({"p": ["45,3%"]}), ","))
    assert comma.numbers("p").tolist() == [0.453]
