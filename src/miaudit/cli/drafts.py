"""The text of a first configuration, with comments on what else it may say."""

from typing import NamedTuple

import yaml

HEAD = """# An audit with miaudit. First `miaudit check {file}`, which trains nothing, then `miaudit audit {file}`.
# All keys: docs/configuration.md
"""
ATTACKS = """
# By default the strongest attack runs of each kind of attacker. `all`: all that can; or a list.
# attacks: all
"""
MOST = 20  # names that a comment lists
NOT_FOUND = "  # not clear from what lies here: write its name"


class TargetDraft(NamedTuple):
    """A model at hand and its records; None where something was not found."""

    model: str | None
    models: tuple[str, ...]  # that were found
    members: str | None
    nonmembers: str | None
    tables: tuple[str, ...]  # that were found
    population: str | None
    label: str | None
    labels: tuple[str, ...]  # columns that the label may be in
    outputs: str | None
    signal: str | None
    folder: str | None  # that the paths start from, where it is not the configuration's


class PredictionsDraft(NamedTuple):
    """A configuration for files of predictions, before it is written."""

    predictions: str
    nonmembers: str | None
    label: str | None


class DataDraft(NamedTuple):
    """Records alone: the model is trained for the audit."""

    path: str
    label: str | None
    labels: tuple[str, ...]


def target_text(draft: TargetDraft, file: str) -> str:
    """The configuration of an audit of a model at hand."""
    lines = [HEAD.format(file=file), "target:"]
    lines += ["  # A file, a folder, a URL, or a function that makes the model: net.py:make?weights=w.safetensors"]
    if len(draft.models) > 1:
        lines += [f"  # Found here: {', '.join(map(written, draft.models[:MOST]))}."]
    lines += [_required("model", draft.model, "model.onnx")]
    if draft.folder is not None:
        lines += ["  # Paths in this part start from this folder.", f"  folder: {written(draft.folder)}"]
    lines += ["  # Records that the model was trained on, and others from the same source that it was not trained on."]
    if draft.tables and None in (draft.members, draft.nonmembers):
        lines += [f"  # Tables found here: {', '.join(map(written, draft.tables[:MOST]))}."]
    lines += [_required("members", draft.members, "members.csv")]
    lines += [_required("nonmembers", draft.nonmembers, "nonmembers.csv")]
    lines += ["  # Further records that no model is trained on let attack_p, quantile and rmia run."]
    lines += [_optional("  ", "population", draft.population, "population.csv")]
    lines += _label("  ", draft.label, draft.labels)
    lines += ["  # probabilities, logits, log_probabilities, margins or labels; left out, it is found out."]
    lines += [_optional("  ", "outputs", draft.outputs, "probabilities")]
    lines += [
        "  # For a model that is no classifier: regression, multi_label, or a function fn(model, x, y) of your own."
    ]
    lines += [_optional("  ", "signal", draft.signal, "fit.py:fn")]
    lines += ["", "# How the model was trained. The strongest attacks train reference models in this way."]
    lines += ["# recipe:", "#   estimator: sklearn.ensemble.RandomForestClassifier", "#   n_estimators: 100"]
    lines += ["# Or by a function of your own, train(x, y, seed) -> model:", "# recipe: {train: train.py:train}"]
    lines += ["", "# More reference models make attacks stronger and take longer.", "# split: {name: pool, models: 32}"]
    lines += ["# With networks, students often add more than a larger pool of as many trainings (docs/references.md)."]
    lines += ["# students: 2"]
    return "\n".join(lines) + "\n" + ATTACKS


def predictions_text(draft: PredictionsDraft, file: str) -> str:
    """The configuration of an audit of predictions."""
    lines = [HEAD.format(file=file), "# Predictions of the model on members and non-members."]
    lines += [f"evidence: {written(draft.predictions)}"]
    if draft.nonmembers is not None:
        lines += [
            "# `evidence` has those on members, this file those on non-members.",
            f"nonmembers: {written(draft.nonmembers)}",
        ]
    if draft.label is not None:
        lines += [f"reading: {{label: {written(draft.label)}}}"]
    else:
        lines += [
            "# Which columns are what, where the names do not tell.",
            "# reading: {label: y, member: split=train}",
        ]
    return "\n".join(lines) + "\n" + ATTACKS


def data_text(draft: DataDraft, file: str) -> str:
    """The configuration of an audit of a model that is trained on given records."""
    lines = [HEAD.format(file=file), "# No model was found here: one is trained on half of these records and audited."]
    lines += ["dataset:", "  name: user_file", f"  path: {written(draft.path)}"]
    lines += _label("  ", draft.label, draft.labels)
    lines += ["", "split: {name: pool, models: 32}", "", "# A network instead: recipe: {model: mlp, epochs: 20}"]
    lines += ["recipe:", "  estimator: sklearn.ensemble.RandomForestClassifier", "  n_estimators: 100"]
    return "\n".join(lines) + "\n" + ATTACKS


def written(value: str) -> str:
    """A text as YAML writes it.

    >>> written("a.csv"), written("no"), written("a: b")
    ('a.csv', "'no'", "'a: b'")
    """
    return yaml.safe_dump(value, width=10_000, allow_unicode=True).removesuffix("...\n").strip()


def _required(name: str, value: str | None, example: str) -> str:
    """A line that must be there, with an example where the value is not known."""
    return f"  {name}: {example}{NOT_FOUND}" if value is None else f"  {name}: {written(value)}"


def _optional(indent: str, name: str, value: str | None, example: str) -> str:
    """A line that is commented out where there is no value."""
    return f"{indent}# {name}: {example}" if value is None else f"{indent}{name}: {written(value)}"


def _label(indent: str, label: str | None, candidates: tuple[str, ...]) -> list[str]:
    """The lines on the column of the true class."""
    found = f" These have such a name: {', '.join(map(written, candidates))}." if len(candidates) > 1 else ""
    example = written(candidates[0]) if candidates else "label"
    return [f"{indent}# The column of the true class.{found}", _optional(indent, "label", label, example)]
