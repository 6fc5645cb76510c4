"""The page of the documentation that lists the kinds of models that can be audited."""

from miaudit.targets.base import Target
from miaudit.targets.search import kinds

HEAD = """# Kinds of models

A model is audited as it is: nothing has to be exported or wrapped. From Python it is the first argument of
`miaudit.audit`; on the command line, and as `target:` of a configuration, it is named by its address
([your own model](own_model.md)). `miaudit.audit` takes addresses as well: `miaudit.audit("model.onnx", ...)`.
"""

TAIL = """
## What the answers are

Unless the table says what a model answers, miaudit finds out on a sample of the records, and the report says what was
found:

- Rows that lie in [0, 1] and sum to 1 are probabilities; rows whose exponentials sum to 1 are log-probabilities; all
  others are logits.
- Rows without a negative number that sum to 100 are probabilities in per cent.
- One number per record is the probability of class 1 of two if all lie in [0, 1], else its logit. Numbers of an
  integer type are labels.
- Answers that could be several things are not guessed: an error asks for `outputs=` (`--outputs` on the command line),
  one of `logits`, `log_probabilities`, `probabilities`, `percent`, `margins` and `labels`. It also overrules what was
  found.

Margins, such as those of a `LinearSVC`, are read as logits. Labels alone leave little to attack, since every record is
either right or wrong: only `gap` runs.

## Reference models

Many attacks compare the model with others that were trained in the same way on other records. Where the last column
is empty, the model does not show how it was trained. Unless `recipe` or `fit` says it, miaudit searches for the most
similar of several kinds of models ([surrogates](own_training.md#when-the-recipe-is-unknown)).

XGBoost's files hold the objective and the trees, but not the parameters of the training. References of such a model
have XGBoost's default parameters, with as many rounds and levels as the model has. Audit the booster in memory, or the
`XGBClassifier` with its parameters set, if others were used.

## Files

No file is unpickled, since a pickle runs any code that it holds. Save scikit-learn's classifiers with
[skops](https://skops.readthedocs.io):

```python
import skops.io

skops.io.dump(classifier, "model.skops")
```

A `.skops` file may hold types that are not known to be harmless: functions and classes of your own, which can run code,
and trees and neighbours of scikit-learn, by which a forged file can crash the program. The message lists them; name
those that you trust: `model.skops?trusted=package.Type,package.function`.

Of an ONNX file, the output with numbers for each class is read, or the labels if there is none. If there are several,
name one: `model.onnx?output=NAME`. Files of Keras that hold code are refused. Folders of transformers are read
from safetensors alone, and code in them is not run.
"""


def targets_page() -> str:
    """The page: a table with a row for each kind."""
    head = "| in Python | as an address | install | answers | reference models without a recipe |"
    rows = [_row(kind) for kind in kinds() if kind.made_of or kind.opened_from]
    return "\n".join([HEAD, head, "| --- | --- | --- | --- | --- |", *sorted(rows, key=str.lower), TAIL])


def _row(kind: type[Target]) -> str:
    install = f"`pip install 'miaudit[{kind.extra}]'`" if kind.extra else ""
    return f"| {kind.made_of} | {kind.opened_from} | {install} | {kind.gives or 'found out'} | {kind.refitted} |"
