"""How protocols put records into a request and outputs into the answer."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from miaudit.errors import UserError
from miaudit.features.base import Inputs
from miaudit.targets._http_numbers import Order, as_lists, found_at, numbers, only_list

RECORDS, RECORD = "${records}", "${record}"  # placeholders in a template


class Form(Protocol):
    """The form of requests and answers."""

    @property
    def url(self) -> str:
        """The URL to which records are sent."""

    @property
    def served(self) -> str:
        """Which model is served, as the endpoint states it; empty where it does not."""

    def body(self, x: Inputs) -> Any:
        """The body that asks about records (n, ...)."""

    def values(self, answer: Any) -> npt.NDArray[Any]:
        """The numbers in an answer, unchecked; raises UserError where there are none."""


@dataclass(frozen=True)
class Instances:
    """`{"instances": [...]}`, of TensorFlow Serving, KServe v1 and MLflow."""

    url: str
    answer: str
    order: Order
    served: str = ""

    def body(self, x: Inputs) -> Any:
        """The records as nested lists."""
        return {"instances": as_lists(x, blanks=False)}

    def values(self, answer: Any) -> npt.NDArray[Any]:
        """The rows at the path."""
        return numbers(found_at(answer, self.answer), self.order)


@dataclass(frozen=True)
class DataframeSplit:
    """`{"dataframe_split": {"columns": [...], "data": [...]}}`, of MLflow."""

    url: str
    answer: str
    order: Order
    columns: tuple[str, ...]
    served: str = ""

    def body(self, x: Inputs) -> Any:
        """The records as rows of a table; blanks are null."""
        rows = as_lists(x, blanks=True)
        if rows and isinstance(rows[0], dict):  # a table names its columns itself
            return {"dataframe_split": {"columns": list(rows[0]), "data": [list(row.values()) for row in rows]}}
        if len(x.shape) != 2 or (self.columns and len(self.columns) != x.shape[1]):
            wanted = len(self.columns) or "p"
            raise UserError(
                f"expected records (n, {wanted}) for MLflow's `dataframe_split`, got {x.shape}; "
                'set protocol="instances" for arrays, or `columns` to the names of all features'
            )
        names: list[Any] = list(self.columns or range(x.shape[1]))
        return {"dataframe_split": {"columns": names, "data": rows}}

    def values(self, answer: Any) -> npt.NDArray[Any]:
        """The rows at the path."""
        return numbers(found_at(answer, self.answer), self.order)


@dataclass(frozen=True)
class Template:
    """A JSON document of the user's own with a placeholder for all records of a request, or for a single one."""

    url: str
    answer: str
    order: Order
    template: Any
    served: str = ""

    def body(self, x: Inputs) -> Any:
        """The document with the records in the placeholder's place."""
        records = as_lists(x, blanks=False)
        return _with(self.template, records[0] if takes_one(self.template) else records)

    def values(self, answer: Any) -> npt.NDArray[Any]:
        """The rows at the path, or in the only list where there is no path; or the only row."""
        found = found_at(answer, self.answer) if self.answer else only_list(answer)
        return numbers([found] if takes_one(self.template) else found, self.order)


def takes_one(template: Any) -> bool:
    """Does a request hold a single record?"""
    return RECORD in _texts(template)


def check_template(template: Any) -> None:
    """Raise UserError where a template has no placeholder, or several."""
    count = sum(text in (RECORDS, RECORD) for text in _texts(template))
    if count != 1:
        raise UserError(
            f'expected one "{RECORDS}" in `body`, where the list of records goes, or one "{RECORD}" where a single '
            f"record goes; got {count}"
        )


def _texts(template: Any) -> list[str]:
    parts = template.values() if isinstance(template, dict) else template if isinstance(template, list) else ()
    return [template] if isinstance(template, str) else [text for part in parts for text in _texts(part)]


def _with(template: Any, records: Any) -> Any:
    if isinstance(template, dict):
        return {key: _with(part, records) for key, part in template.items()}
    if isinstance(template, list):
        return [_with(part, records) for part in template]
    return records if template in (RECORDS, RECORD) else template
