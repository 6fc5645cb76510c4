"""Classifiers of scikit-learn and those with its interface."""

from pathlib import Path
from typing import Any

import numpy as np

from acceptance.audited import HALF, NAMES, TEXTS, YES, Case, Variant, X, Y, case, of_class, sigmoid, softmax


def estimators() -> list[Variant]:
    """Classifiers of scikit-learn and those with its interface."""
    return [
        Variant("random forest", "`RandomForestClassifier().fit(x, y)`", forest),
        Variant("random forest on a DataFrame", "`fit(df, y)`, numbers only", framed),
        Variant("logistic regression, text labels", "`LogisticRegression().fit(x, names)`", logistic),
        Variant("margins of three classes", "`LinearSVC`, only `decision_function`", lambda _: margins(Y)),
        Variant("margins of two classes", "`LinearSVC`, labels 0 and 1", lambda _: margins(YES)),
        Variant("labels alone", "`VotingClassifier(voting='hard')`, only `predict`", voting),
        Variant("scaled network", "`make_pipeline(StandardScaler(), MLPClassifier())`", scaled),
        Variant("mixed table", "`ColumnTransformer` over text, categories, dates, missing values", mixed),
        Variant("calibrated", "`CalibratedClassifierCV`", calibrated),
        Variant("grid search", "`GridSearchCV(...).fit(x, y)`", searched),
        Variant("stack of classifiers", "`StackingClassifier`", stacked),
        Variant("one classifier a class", "`OneVsRestClassifier`", one_vs_rest),
        Variant("tuned threshold", "`TunedThresholdClassifierCV`", tuned),
        Variant("histogram boosting on categories", "`HistGradientBoostingClassifier`, DataFrame", histogram),
        Variant("trees on one-hot labels", "`DecisionTreeClassifier().fit(x, np.eye(3)[y])`", one_hot),
        Variant("texts", "`make_pipeline(TfidfVectorizer(), LogisticRegression())`", texts),
        Variant("sparse matrix", "`CountVectorizer().fit_transform(texts)`", sparse),
        Variant("a class of one's own", "`fit`, `predict_proba` and `classes_`, no base class", own_class),
        Variant("class weights by name", "`class_weight={'setosa': 3, ...}`", weighted),
        Variant("XGBClassifier", "`XGBClassifier().fit(x, y)`", xgboost, ("xgboost",)),
        Variant("LGBMClassifier", "`LGBMClassifier().fit(df, names)`", lightgbm, ("lightgbm",)),
        Variant("CatBoostClassifier", "`CatBoostClassifier().fit(x, names)`", catboost, ("catboost",)),
    ]


def fitted(model: Any, x: Any, y: Any, codes: Any = Y) -> Case:
    """A classifier that is fitted on the members and asked for probabilities."""
    model.fit(x[:HALF], y[:HALF])
    return case(model, x, y, of_class(model.predict_proba(x), codes))


def table() -> Any:
    """A DataFrame of numbers."""
    import pandas as pd

    return pd.DataFrame(X, columns=[f"width {i}" for i in range(4)])


def forest(folder: Path) -> Case:
    from sklearn.ensemble import RandomForestClassifier

    return fitted(RandomForestClassifier(10, random_state=0), X, Y)


def framed(folder: Path) -> Case:
    from sklearn.ensemble import RandomForestClassifier

    return fitted(RandomForestClassifier(10, random_state=0), table(), Y)


def logistic(folder: Path) -> Case:
    from sklearn.linear_model import LogisticRegression

    return fitted(LogisticRegression(), X, NAMES)


def margins(y: Any) -> Case:
    from sklearn.svm import LinearSVC

    model = LinearSVC().fit(X[:HALF], y[:HALF])
    said = model.decision_function(X)
    return case(model, X, y, of_class(softmax(said) if said.ndim == 2 else sigmoid(said), y))


def voting(folder: Path) -> Case:
    from sklearn.ensemble import VotingClassifier
    from sklearn.naive_bayes import GaussianNB
    from sklearn.tree import DecisionTreeClassifier

    model = VotingClassifier([("bayes", GaussianNB()), ("tree", DecisionTreeClassifier(max_depth=2))])
    return case(model.fit(X[:HALF], NAMES[:HALF]), X, NAMES, attacks=["gap"])


def scaled(folder: Path) -> Case:
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return fitted(
        make_pipeline(StandardScaler(), MLPClassifier((4,), solver="lbfgs", max_iter=2000, random_state=0)), X, Y
    )


def days(column: Any) -> Any:
    """The days of the month of a column of dates."""
    return column.apply(lambda dates: dates.dt.day)


def mixed(folder: Path) -> Case:
    import pandas as pd
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

    frame = table()
    frame["note"], frame["town"] = TEXTS, pd.Categorical(np.array(["Ulm", "Bonn", None], object)[Y - 1])
    frame["seen"] = pd.Timestamp("2024-02-28") + pd.to_timedelta(7 * Y + np.arange(len(Y)) % 3, unit="D")
    frame["smokes"] = pd.array(np.where(Y == 2, None, Y == 1), dtype="boolean")
    frame.iloc[::7, 0] = np.nan
    columns = make_column_transformer(
        (CountVectorizer(), "note"),
        (OneHotEncoder(handle_unknown="ignore"), ["town", "smokes"]),
        (FunctionTransformer(days), ["seen"]),
        remainder="passthrough",
        sparse_threshold=0,
    )
    return fitted(make_pipeline(columns, HistGradientBoostingClassifier(max_iter=3)), frame, pd.Series(NAMES))


def calibrated(folder: Path) -> Case:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.svm import LinearSVC

    return fitted(CalibratedClassifierCV(LinearSVC(), cv=2), X, NAMES)


def searched(folder: Path) -> Case:
    from sklearn.model_selection import GridSearchCV
    from sklearn.tree import DecisionTreeClassifier

    return fitted(GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=2), X, Y)


def stacked(folder: Path) -> Case:
    from sklearn.ensemble import StackingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB

    return fitted(StackingClassifier([("bayes", GaussianNB())], LogisticRegression(), cv=2), X, NAMES)


def one_vs_rest(folder: Path) -> Case:
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    return fitted(OneVsRestClassifier(LogisticRegression()), X, NAMES)


def tuned(folder: Path) -> Case:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import TunedThresholdClassifierCV

    return fitted(TunedThresholdClassifierCV(LogisticRegression(), cv=2), X, YES, YES)


def histogram(folder: Path) -> Case:
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier

    frame = table()
    frame["town"] = pd.Categorical(np.array(["Ulm", "Bonn"])[YES])
    return fitted(HistGradientBoostingClassifier(max_iter=3), frame, NAMES)


def one_hot(folder: Path) -> Case:
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X[:HALF], np.eye(3)[Y[:HALF]])
    return case(model, X, np.eye(3)[Y], of_class(np.stack([each[:, 1] for each in model.predict_proba(X)], axis=1)))


def texts(folder: Path) -> Case:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return fitted(make_pipeline(TfidfVectorizer(), LogisticRegression()), TEXTS, NAMES)


def sparse(folder: Path) -> Case:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB

    return fitted(MultinomialNB(), CountVectorizer().fit_transform(TEXTS), NAMES)


class Nearest:
    """A classifier as people write one."""

    def fit(self, x: Any, y: Any) -> "Nearest":
        self.classes_ = np.unique(y)
        self.means = np.stack([x[y == label].mean(axis=0) for label in self.classes_])
        return self

    def predict_proba(self, x: Any) -> Any:
        return softmax(-np.linalg.norm(x[:, None] - self.means, axis=2))


def own_class(folder: Path) -> Case:
    return fitted(Nearest(), X, NAMES)


def weighted(folder: Path) -> Case:
    from sklearn.linear_model import LogisticRegression

    return fitted(LogisticRegression(class_weight={"setosa": 3, "versicolor": 1, "virginica": 1}), X, NAMES)


def xgboost(folder: Path) -> Case:
    from xgboost import XGBClassifier

    return fitted(XGBClassifier(n_estimators=3, max_depth=2), X, Y)


def lightgbm(folder: Path) -> Case:
    from lightgbm import LGBMClassifier

    return fitted(LGBMClassifier(n_estimators=3, min_child_samples=2, verbose=-1), table(), NAMES)


def catboost(folder: Path) -> Case:
    from catboost import CatBoostClassifier

    return fitted(CatBoostClassifier(iterations=3, verbose=0, allow_writing_files=False), X, NAMES)
