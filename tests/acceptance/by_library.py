"""Files whose columns are named as libraries and suites name them."""

from typing import Any

from acceptance.predicted import (
    AGE,
    LOGITS,
    LOSS2,
    MEMBER,
    NAMED,
    NAMES,
    PLAIN,
    PREDICTED,
    ROWS,
    TRAIN_TEST,
    TRUE,
    YES,
    N,
    P,
    Q,
    Table,
    Variant,
    Y,
    text,
    text_of,
)


def from_names() -> list[Variant]:
    """Columns as libraries name them."""

    def named(before: str, after: str = "", first: Table | None = None, **more: Any) -> Table:
        return {**(first or {}), **more, **{f"{before}{name}{after}": column for name, column in NAMED.items()}}

    caret = {"": ROWS, "pred": PREDICTED, "obs": NAMES, **NAMED, "rowIndex": range(N), "Resample": ["Fold1"] * N}
    azure = named('Scored Probabilities for Class "', '"', Species=NAMES, split=TRAIN_TEST)
    knime = named("P (Species=", ")", {"Row ID": [f"Row{i}" for i in range(N)]}, Species=NAMES, partition=TRAIN_TEST)
    rapid = named("confidence(", ")", {"prediction(label)": PREDICTED}, id=range(N), label=NAMES, in_train=TRUE)
    sas = {"target": YES, "F_target": YES, "P_target0": 1 - Q, "P_target1": Q, "_PartInd_": MEMBER, "train": MEMBER}
    spss = {"Species": Y + 1, "set": TRAIN_TEST, **{f"PseudoProbability_{c + 1}": P[:, c] for c in range(3)}}
    return [
        Variant(
            "classes as columns",
            "R `predict(type='prob')` and `write.csv`",
            text("p.csv", text_of({"": ROWS, "label": NAMES, "member": TRUE, **NAMED})),
        ),
        Variant(
            "`pred`, `obs`, classes, further columns",
            "caret `savePredictions`",
            text("p.csv", text_of({**caret, "in_training": TRUE})),
        ),
        Variant(
            "`.pred_` columns",
            "tidymodels `augment()`",
            text("p.csv", text_of(named(".pred_", "", {".pred_class": PREDICTED}, Species=NAMES, split=TRAIN_TEST))),
        ),
        Variant(
            "`truth`, `response`, `prob.`",
            "mlr3 `as.data.table(prediction)`",
            text("p.csv", text_of(named("prob.", row_ids=ROWS, truth=NAMES, response=PREDICTED, is_train=TRUE))),
        ),
        Variant(
            "`predict`, classes",
            "H2O",
            text("p.csv", text_of({"predict": PREDICTED, **NAMED, "class": NAMES, "split": TRAIN_TEST})),
        ),
        Variant(
            "`predict`, `p0`, `p1`",
            "H2O, binary",
            text(
                "p.csv",
                text_of({"predict": (Q > 0.5).astype(int), "p0": 1 - Q, "p1": Q, "actual": YES, "train": MEMBER}),
            ),
            LOSS2,
        ),
        Variant("`P (Species=...)`", "KNIME", text("p.csv", text_of(knime))),
        Variant("`confidence(...)`", "RapidMiner", text("p.csv", text_of(rapid))),
        Variant("`Scored Probabilities for Class`", "Azure ML designer", text("p.csv", text_of(azure))),
        Variant(
            "`probability` as text",
            "Spark `toPandas().to_csv()`",
            text(
                "p.csv",
                text_of(
                    {
                        "label": Y.astype(float),
                        "member": MEMBER,
                        "rawPrediction": [str(row.tolist()) for row in LOGITS],
                        "probability": [str(row.tolist()) for row in P],
                        "prediction": P.argmax(axis=1).astype(float),
                    }
                ),
            ),
        ),
        Variant(
            "`prob_0`, ...",
            "pandas frame of `predict_proba`",
            text(
                "p.csv",
                text_of(
                    {
                        "y_true": Y,
                        "y_pred": P.argmax(axis=1),
                        "in_train": TRUE,
                        **{f"prob_{c}": P[:, c] for c in range(3)},
                    }
                ),
            ),
        ),
        Variant(
            "columns `0`, `1`, `2`",
            "`DataFrame(predict_proba(x))`",
            text("p.csv", text_of({"0": P[:, 0], "1": P[:, 1], "2": P[:, 2], "y": Y, "train": MEMBER})),
        ),
        Variant(
            "a prefix of the model",
            "several models in one table",
            text("p.csv", text_of(named("rf_prob_", label=NAMES, member=MEMBER))),
        ),
        Variant(
            "classes behind", "`setosa_prob`", text("p.csv", text_of(named("", "_prob", label=NAMES, member=MEMBER)))
        ),
        Variant(
            "names changed by R",
            "`make.names`: `Iris.setosa` for `Iris-setosa`",
            text("p.csv", text_of(named("Iris.", label=[f"Iris-{name}" for name in NAMES], member=MEMBER))),
        ),
        Variant(
            "`PseudoProbability_1`, ..., labels from 1",
            "SPSS neural network",
            text("p.csv", text_of(spss), label="Species"),
            flag="--label",
        ),
        Variant(
            "`P_target1`, `P_target0`",
            "SAS Enterprise Miner",
            text("p.csv", text_of({k: v for k, v in sas.items() if k != "_PartInd_"})),
            LOSS2,
        ),
        Variant(
            "factor codes",
            "R `as.integer(factor)`, `p1` to `p3`",
            text("p.csv", text_of({"label": Y + 1, "member": MEMBER, **{f"p{c + 1}": P[:, c] for c in range(3)}})),
        ),
        Variant(
            "labels from 1, columns from 0",
            "R labels with Python's columns",
            text("p.csv", text_of({**PLAIN, "label": Y + 1})),
        ),
        Variant("class codes with gaps", "codes 0, 3000, 6000", text("p.csv", text_of({**PLAIN, "label": Y * 3000}))),
        Variant(
            "text ids and groups",
            "hospital export",
            text(
                "p.csv",
                text_of({"id": [f"PAT-{i}" for i in range(N)], **PLAIN, "age": AGE, "sex": ["f", "m"] * (N // 2)}),
            ),
        ),
    ]
