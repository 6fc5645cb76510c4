"""Decides the content of a first configuration from the user's options and the files in the current folder."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from miaudit.cli.drafts import DataDraft, PredictionsDraft, TargetDraft, data_text, predictions_text, target_text
from miaudit.cli.found import Found, are_predictions, labels_in, look_around

Ask = Callable[[str, str], str]  # given a question and the answer that Enter gives


class Told(NamedTuple):
    """The user's options on the audit; None where they left one out."""

    model: str | None = None
    members: str | None = None
    nonmembers: str | None = None
    population: str | None = None
    label: str | None = None
    outputs: str | None = None
    signal: str | None = None


class Labels(NamedTuple):
    """The column of the true class, and all columns that it may be."""

    chosen: str | None
    candidates: tuple[str, ...]


def drafted(told: Told, out: Path, ask: Ask | None = None) -> str:
    """The text of a configuration: about a model if there is one, else about predictions, else about records.

    Args:
        told: the user's options.
        out: the file that the text is for.
        ask: asks the user about what stays unclear, four times at most; None where nobody can be asked.
    """
    found = look_around(Path())
    if told.model is None and not found.models and (predictions := _predictions(told, found, out)) is not None:
        return predictions_text(predictions, out.name)
    which = "Which model (a file, a folder, a URL, or FILE.py:FUNCTION)? Empty for none"
    model = told.model or _one_of(found.models, which, ask)
    wants_model = ask is None and None not in _parts(told, found)  # records of both kinds are for a model somewhere
    if (
        model is None
        and not wants_model
        and told.members is None
        and (data := _data(told, found, out, ask)) is not None
    ):
        return data_text(data, out.name)
    return target_text(_target(told._replace(model=model), found, out, ask), out.name)


def _predictions(told: Told, found: Found, out: Path) -> PredictionsDraft | None:
    """The files of predictions; None where there are none."""
    members, nonmembers = _parts(told, found)
    if members is not None and nonmembers is not None and are_predictions(Path(members), Path(nonmembers)):
        return PredictionsDraft(_from(out, members), _from(out, nonmembers), told.label)
    alone = next((table for table in found.tables if are_predictions(Path(table))), None)
    return None if alone is None or told.members is not None else PredictionsDraft(_from(out, alone), None, told.label)


def _data(told: Told, found: Found, out: Path, ask: Ask | None) -> DataDraft | None:
    """The records that a model can be trained on; None where there are none."""
    path = found.role("members") or _one_of(found.tables, "Which table of records?", ask)
    if path is None:
        return None
    label = _label(told.label, path, ask)
    return DataDraft(_from(out, path), label.chosen, label.candidates)


def _target(told: Told, found: Found, out: Path, ask: Ask | None) -> TargetDraft:
    members, nonmembers = _parts(told, found)
    if ask is not None:
        members = members or ask("Which file holds records that the model was trained on?", "") or None
        nonmembers = nonmembers or ask("Which file holds records that it was not trained on?", "") or None
    label = Labels(told.label, ()) if members is None else _label(told.label, members, ask)
    return TargetDraft(
        model=told.model,
        models=found.models,
        members=members,
        nonmembers=nonmembers,
        tables=found.tables,
        population=told.population or found.role("population"),
        label=label.chosen,
        labels=label.candidates,
        outputs=told.outputs,
        signal=told.signal,
        folder=None if _is_here(out) else _from(out, "."),
    )


def _parts(told: Told, found: Found) -> tuple[str | None, str | None]:
    """The files on members and on non-members."""
    return told.members or found.role("members"), told.nonmembers or found.role("nonmembers")


def _label(told: str | None, path: str, ask: Ask | None) -> Labels:
    """The label of a table: the one named, or the only candidate, or the user's answer."""
    candidates = tuple(labels_in(Path(path)) or ())
    if told is not None or len(candidates) == 1:
        return Labels(told or candidates[0], candidates)
    chosen = None if ask is None else ask(f"Which column of {path} holds the true class?", next(iter(candidates), ""))
    return Labels(chosen or None, candidates)


def _one_of(candidates: tuple[str, ...], question: str, ask: Ask | None) -> str | None:
    """The only candidate, or what the user answers, or the first one where nobody can be asked."""
    first = candidates[0] if candidates else None
    return first if len(candidates) == 1 or ask is None else ask(question, first or "") or None


def _is_here(out: Path) -> bool:
    return out.absolute().parent.resolve() == Path().resolve()


def _from(out: Path, name: str) -> str:
    """A path, seen from the folder of the configuration."""
    return name if _is_here(out) or Path(name).is_absolute() else os.path.relpath(name, out.absolute().parent)
