import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
import torch
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.targets.base import query
from miaudit.targets.onnx import Onnx
from miaudit.targets.search import open_target, target_of
from targets.alike import check_scores
from tiny import blobs

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

DATA = blobs()
TWO = blobs(classes=2)
REAL, WHOLE = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
WEIGHTS = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)


def exported(classifier: Any, **options: Any) -> Any:
    """The classifier as `to_onnx` gives it."""
    skl2onnx = pytest.importorskip("skl2onnx")
    told = {"options": {id(classifier): options}} if options else {}
    return session(skl2onnx.to_onnx(classifier, DATA.x[:1], target_opset=17, **told))


def session(model: Any) -> Any:
    return runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def graph(nodes: Any, inputs: Any, outputs: Any) -> Any:
    """A model of these nodes, with tensors (name, type, shape) for inputs and outputs."""
    make = onnx.helper.make_tensor_value_info
    weights = onnx.numpy_helper.from_array(WEIGHTS, "w")
    parts = [[make(*each) for each in side] for side in (inputs, outputs)]
    made = onnx.helper.make_graph(nodes, "net", *parts, [weights])
    return onnx.helper.make_model(made, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)


def linear(batch: Any = "n", outputs: Any = (("logits", REAL, ("n", 3)),)) -> Any:
    nodes = [onnx.helper.make_node("MatMul", ["x", "w"], ["logits"])]
    if len(outputs) > 1:
        nodes.append(onnx.helper.make_node("Neg", ["logits"], [outputs[1][0]]))
    return graph(nodes, [("x", REAL, (batch, 4))], outputs)


@pytest.mark.parametrize("zipmap", [True, False], ids=["mappings", "a matrix"])
def test_an_export_of_scikit_learn_is_audited_as_the_original(zipmap: bool) -> None:
    classifier = RandomForestClassifier(n_estimators=5, max_depth=3, random_state=0).fit(DATA.x, DATA.y)
    target = target_of(exported(classifier, zipmap=zipmap))
    assert isinstance(target, Onnx)
    assert target.output == ("output_probability" if zipmap else "probabilities")
    npt.assert_allclose(query(target, DATA.x).values, classifier.predict_proba(DATA.x), atol=1e-6)
    check_scores(target, classifier, DATA.x, DATA.y)


def test_a_network_is_audited_as_its_original(tmp_path: Path) -> None:
    network = torch.nn.Linear(4, 3, bias=False)
    network.weight.data = torch.from_numpy(WEIGHTS.T.copy())
    onnx.save(linear(), tmp_path / "model.onnx")
    target = open_target(Address.read(str(tmp_path / "model.onnx")))
    check_scores(target, network, DATA.x, DATA.y)
    assert target.tried(DATA).description == "an ONNX model (output logits, which gives logits)"


def test_batches_of_the_size_that_an_export_fixed_are_filled() -> None:
    free, fixed = (target_of(session(linear(batch))) for batch in ("n", 7))
    npt.assert_allclose(query(fixed, DATA.x).values, DATA.x @ WEIGHTS, rtol=1e-5)
    npt.assert_array_equal(query(free, DATA.x).values, query(fixed, DATA.x).values)
    assert query(fixed, DATA.x[:1]).values.shape == (1, 3)


def test_more_records_than_a_batch_are_asked_about_in_parts() -> None:
    x = np.random.default_rng(0).normal(size=(2500, 4))
    npt.assert_allclose(query(target_of(session(linear())), x).values, x @ WEIGHTS, rtol=1e-3, atol=1e-5)


def test_records_of_any_shape_and_type_fit_a_matrix() -> None:
    target = target_of(session(linear()))
    npt.assert_array_equal(
        query(target, DATA.x.astype(np.float64).reshape(60, 2, 2)).values, query(target, DATA.x).values
    )


def test_a_model_with_an_input_for_each_column_is_given_the_columns() -> None:
    names = ["age", "pay", "size", "time"]
    nodes = [
        onnx.helper.make_node("Concat", names, ["x"], axis=1),
        onnx.helper.make_node("MatMul", ["x", "w"], ["logits"]),
    ]
    asked = session(graph(nodes, [(name, REAL, ("n", 1)) for name in names], [("logits", REAL, ("n", 3))]))
    npt.assert_allclose(query(target_of(asked), DATA.x).values, DATA.x @ WEIGHTS, rtol=1e-5)
    with pytest.raises(UserError, match=r"it has 4 inputs \(.*\), and the records have 3 columns"):
        query(target_of(asked), DATA.x[:, :3])


def test_a_table_of_text_and_numbers_fits_a_model_with_an_input_for_each_column() -> None:
    pandas, skl2onnx = pytest.importorskip("pandas"), pytest.importorskip("skl2onnx")
    frame = pandas.DataFrame({"pay": DATA.x[:, 0], "town": np.array(["Ulm", "Bonn"])[DATA.y % 2], "id": range(60)})
    columns = make_column_transformer((OneHotEncoder(), ["town"]), (StandardScaler(), ["pay"]))
    pipeline = make_pipeline(columns, LogisticRegression()).fit(frame, DATA.y)
    types = skl2onnx.common.data_types
    inputs = [("town", types.StringTensorType([None, 1])), ("pay", types.FloatTensorType([None, 1]))]
    target = target_of(session(skl2onnx.convert_sklearn(pipeline, initial_types=inputs, target_opset=17)))
    assert isinstance(target, Onnx)
    npt.assert_allclose(target.answers(frame), pipeline.predict_proba(frame), atol=1e-6)


def test_several_inputs_are_given_by_their_names() -> None:
    nodes = [onnx.helper.make_node("Add", ["a", "b"], ["x"]), onnx.helper.make_node("MatMul", ["x", "w"], ["logits"])]
    inputs = [("a", REAL, ("n", 4)), ("b", REAL, ("n", 4))]
    target = target_of(session(graph(nodes, inputs, [("logits", REAL, ("n", 3))])))
    assert isinstance(target, Onnx)
    named: Any = {"b": DATA.x, "a": 2 * DATA.x}
    npt.assert_allclose(target.answers(named), 3 * DATA.x @ WEIGHTS, rtol=1e-4, atol=1e-5)
    npt.assert_allclose(target.answers((DATA.x, DATA.x)), 2 * DATA.x @ WEIGHTS, rtol=1e-4, atol=1e-5)
    with pytest.raises(UserError, match="expected the inputs a, b, got none for a"):
        target.answers({"b": DATA.x})


def test_names_of_classes_in_the_output_decide_which_column_is_whose() -> None:
    names = np.array(["a", "b", "c"])
    classifier = LogisticRegression().fit(DATA.x, names[DATA.y])
    exports = exported(classifier, zipmap=True)
    outer = DATA.y != 1  # none of the records is of the class in the middle
    check_scores(exports, classifier, DATA.x[outer], names[DATA.y[outer]])
    with pytest.raises(UserError, match="knows the classes a, b, c; got the label 'd'"):
        check_scores(exports, classifier, DATA.x, np.array(["a", "b", "d"])[DATA.y])


def test_one_of_several_outputs_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(linear(outputs=(("logits", REAL, ("n", 3)), ("minus", REAL, ("n", 3)))), path)
    with pytest.raises(UserError, match=r"several outputs could hold its answers \(logits, minus\); say which by"):
        open_target(Address.read(str(path)))
    npt.assert_allclose(
        query(open_target(Address.read(f"{path}?output=minus")), DATA.x).values, -DATA.x @ WEIGHTS, rtol=1e-5
    )
    with pytest.raises(UserError, match="it has no output 'other'; its outputs are logits, minus"):
        open_target(Address.read(f"{path}?output=other"))


def test_labels_are_read_where_there_is_nothing_else() -> None:
    nodes = [
        onnx.helper.make_node("MatMul", ["x", "w"], ["logits"]),
        onnx.helper.make_node("ArgMax", ["logits"], ["label"], axis=1, keepdims=0),
    ]
    target = (
        target_of(session(graph(nodes, [("x", REAL, ("n", 4))], [("label", WHOLE, ("n",))])))
        .tried(DATA)
        .with_classes(3)
    )
    assert target.labels_only
    npt.assert_array_equal(query(target, DATA.x).values, np.eye(3)[(DATA.x @ WEIGHTS).argmax(axis=1)])


def test_a_single_probability_is_that_of_class_1() -> None:
    classifier = LogisticRegression().fit(TWO.x, TWO.y)
    target = target_of(exported(classifier, zipmap=False))
    check_scores(target, classifier, TWO.x, TWO.y)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(UserError, match=r"cannot open .*model\.onnx: InvalidProtobuf"):
        open_target(Address.read(str(tmp_path / "model.onnx")))


def test_without_onnxruntime_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.onnx").touch()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(
        UserError, match=r"needs onnxruntime, which is not installed; run: pip install 'miaudit\[onnx\]'"
    ):
        open_target(Address.read(str(tmp_path / "model.onnx")))
