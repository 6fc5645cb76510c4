from pathlib import Path
from typing import Any

import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from miaudit.address import Address
from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.targets.estimator import Estimator
from miaudit.targets.search import open_target
from targets.alike import check_scores
from tiny import blobs

DATA = blobs()


@pytest.fixture(scope="module")
def skops() -> Any:
    """What saves and opens the files, imported only where its tests run: it asks every module that is loaded."""
    return pytest.importorskip("skops.io")


def doubled(x: Floats) -> Floats:
    return 2 * x


def test_what_is_saved_is_audited_as_the_original(skops: Any, tmp_path: Path) -> None:
    classifier = make_pipeline(StandardScaler(), LogisticRegression()).fit(DATA.x, DATA.y)
    skops.dump(classifier, tmp_path / "model.skops")
    target = open_target(Address.read(str(tmp_path / "model.skops")))
    assert isinstance(target, Estimator)
    check_scores(target, classifier, DATA.x, DATA.y)


def test_types_that_are_not_known_must_be_named(skops: Any, tmp_path: Path) -> None:
    classifier = make_pipeline(FunctionTransformer(doubled), LogisticRegression()).fit(DATA.x, DATA.y)
    path, unknown = tmp_path / "model.skops", f"{__name__}.doubled"
    skops.dump(classifier, path)
    with pytest.raises(UserError, match=rf"not known to be harmless: .*{unknown}.*\?trusted={unknown}"):
        open_target(Address.read(str(path)))
    with pytest.raises(UserError, match="holds types"):
        open_target(Address.read(f"{path}?trusted=os.system"))
    for address in (Address.read(f"{path}?trusted={unknown}"), Address.read(str(path), {"trusted": [unknown]})):
        check_scores(open_target(address), classifier, DATA.x, DATA.y)


@pytest.mark.parametrize(
    "classifier",
    [
        make_pipeline(SimpleImputer(strategy="most_frequent"), LogisticRegression()),  # holds numpy.dtype
        MLPClassifier((2,), max_iter=500, tol=0.1, random_state=0),
        CalibratedClassifierCV(LogisticRegression(), cv=2),
        GaussianProcessClassifier(1.0 * RBF()),
        VotingClassifier([("a", LogisticRegression()), ("b", LogisticRegression(C=2))]),
    ],
    ids=lambda classifier: type(classifier).__name__,
)
def test_harmless_types_of_scikit_learn_need_no_names(skops: Any, tmp_path: Path, classifier: Any) -> None:
    skops.dump(classifier.fit(DATA.x, DATA.y), tmp_path / "model.skops")
    assert isinstance(open_target(Address.read(str(tmp_path / "model.skops"))), Estimator)


@pytest.mark.parametrize("classifier", [DecisionTreeClassifier(), KNeighborsClassifier()])
def test_types_by_which_a_forged_file_crashes_the_program_need_names(
    skops: Any, tmp_path: Path, classifier: Any
) -> None:
    skops.dump(classifier.fit(DATA.x, DATA.y), tmp_path / "model.skops")
    with pytest.raises(UserError, match=r"it can crash the program.*model\.skops\?trusted=sklearn\."):
        open_target(Address.read(str(tmp_path / "model.skops")))


def test_what_is_no_classifier_is_refused(skops: Any, tmp_path: Path) -> None:
    skops.dump(LinearRegression(), tmp_path / "model.skops")
    with pytest.raises(UserError, match="cannot audit a LinearRegression: expected one of"):
        open_target(Address.read(str(tmp_path / "model.skops")))


def test_other_files_with_the_suffix_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.skops").write_bytes(b"no archive")
    with pytest.raises(UserError, match=r"cannot open .*model\.skops: BadZipFile"):
        open_target(Address.read(str(tmp_path / "model.skops")))
    with pytest.raises(UserError, match="there is no option 'trust'; it takes trusted"):
        open_target(Address.read(str(tmp_path / "model.skops?trust=a")))


@pytest.mark.parametrize("suffix", [".pkl", ".joblib"])
def test_pickles_are_refused_with_what_to_do_instead(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(b"\x80\x04N.")
    with pytest.raises(UserError, match=r"a pickle, which would run any code that it holds: save the model as \.skops"):
        open_target(Address.read(str(path)))
