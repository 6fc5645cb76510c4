"""Files with outputs other than full rows of probabilities."""

import numpy as np

from acceptance.predicted import (
    CLASSES,
    LOGITS,
    LOSS2,
    LOSS3,
    LOSS_LABELS,
    LOSS_TOP,
    MARGIN,
    MEMBER,
    NAMED,
    NAMES,
    NO_YES,
    PLAIN,
    PREDICTED,
    PS,
    TOP,
    TRAIN_TEST,
    TRUE,
    TRUE_P,
    YES,
    N,
    P,
    Q,
    Variant,
    Y,
    rounded,
    text,
    text_of,
)


def from_numbers() -> list[Variant]:
    """Outputs other than full rows of probabilities."""
    two_digits, three_digits = P.round(2), P.round(3)
    percent = [[f"{100 * value:.4f}%" for value in P[:, c]] for c in range(3)]
    second = np.argsort(P, axis=1)[:, -2]
    loss_top2 = np.log(
        np.where(
            (P.argmax(axis=1) == Y) | (second == Y), TRUE_P, 1 - TOP - np.take_along_axis(P, second[:, None], 1)[:, 0]
        )
    )
    tops = {
        "top1_class": PREDICTED,
        "top1_prob": TOP,
        "top2_class": [CLASSES[c] for c in second],
        "top2_prob": np.sort(P, axis=1)[:, -2],
    }
    binary = {"label": NO_YES, "member": TRUE}
    return [
        Variant(
            "three digits",
            "a spreadsheet",
            text("p.csv", text_of({**PLAIN, **{f"p{c}": three_digits[:, c] for c in range(3)}})),
            LOSS3,
            rounded(TRUE_P, 3),
        ),
        Variant(
            "two digits",
            "a report",
            text("p.csv", text_of({**PLAIN, **{f"p{c}": two_digits[:, c] for c in range(3)}})),
            np.log(np.maximum(two_digits[np.arange(N), Y], 0.005)),
        ),
        Variant(
            "per cent",
            "values from 0 to 100",
            text(
                "p.csv",
                text_of({"label": NAMES, "member": MEMBER, **{name: 100 * column for name, column in NAMED.items()}}),
            ),
        ),
        Variant(
            "per cent signs",
            "cells such as 45.3%",
            text("p.csv", text_of({"label": NAMES, "member": MEMBER, **dict(zip(CLASSES, percent, strict=True))})),
            LOSS3,
            rounded(TRUE_P, 6),
        ),
        Variant(
            "logits by class",
            "outputs without softmax",
            text("p.csv", text_of({"label": NAMES, "member": MEMBER, **dict(zip(CLASSES, LOGITS.T, strict=True))})),
        ),
        Variant(
            "`logit_0`, ...",
            "PyTorch `model(x)`",
            text(
                "p.csv", text_of({"target": Y, "split": TRAIN_TEST, **{f"logit_{c}": LOGITS[:, c] for c in range(3)}})
            ),
        ),
        Variant(
            "log-probabilities",
            "`log_softmax`, `predict_log_proba`",
            text("p.csv", text_of({"label": Y, "member": MEMBER, **{str(c): np.log(P[:, c]) for c in range(3)}})),
        ),
        Variant(
            "one column, labels 0 and 1",
            "R `glm`, `predict(type='response')`",
            text("p.csv", text_of({"label": YES, "member": TRUE, "p": Q})),
            LOSS2,
        ),
        Variant(
            "one column of a class", "tidymodels `.pred_yes`", text("p.csv", text_of({**binary, ".pred_yes": Q})), LOSS2
        ),
        Variant(
            "one column, labels yes and no",
            "`predict_proba(x)[:, 1]`",
            text("p.csv", text_of({**binary, "y_score": Q})),
            LOSS2,
        ),
        Variant(
            "one column of margins",
            "XGBoost `output_margin=True`",
            text("p.csv", text_of({"label": YES, "member": MEMBER, "margin": MARGIN})),
            LOSS2,
        ),
        Variant(
            "one column, classes 1 and 2",
            "Stata or R codes",
            text("p.csv", text_of({"label": YES + 1, "member": MEMBER, "p": Q}), probabilities=("p=2",)),
            LOSS2,
            flag="--probabilities",
        ),
        Variant(
            "predicted class and confidence",
            "an API's answers; Weka",
            text("p.csv", text_of({"actual": NAMES, "predicted": PREDICTED, "confidence": TOP, "split": TRAIN_TEST})),
            LOSS_TOP,
        ),
        Variant(
            "two likeliest classes",
            "an API's `top_k=2`",
            text("p.csv", text_of({"label": NAMES, "member": MEMBER, **tops})),
            loss_top2,
        ),
        Variant(
            "predicted class alone",
            "`predict(x)`",
            text("p.csv", text_of({"y_true": NAMES, "y_pred": PREDICTED, "member": MEMBER})),
            LOSS_LABELS,
        ),
        Variant(
            "text labels, numbered columns",
            "scikit-learn without `classes_`",
            text(
                "p.csv",
                text_of({**PLAIN, "label": NAMES}),
                probabilities=("p0=setosa", "p1=versicolor", "p2=virginica"),
            ),
            flag="--probabilities",
        ),
        Variant(
            "members 1 and 2",
            "R factor codes",
            text("p.csv", text_of({**PLAIN, "member": 2 - MEMBER}), member="member=1"),
            flag="--member",
        ),
        Variant(
            "members are `test` = 0", "a column `test`", text("p.csv", text_of({"label": Y, "test": 1 - MEMBER, **PS}))
        ),
    ]
