"""Target: a model behind an HTTP endpoint, which is asked in batches and never twice about a record."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import ClassVar, NamedTuple, Self

from pydantic.dataclasses import dataclass

from miaudit import registry
from miaudit.address import Address
from miaudit.arrays import Floats
from miaudit.datasets.base import Dataset
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.store_root import store_root
from miaudit.targets._http_answers import open_answers
from miaudit.targets._http_asking import Asking, Habits, repeated, single_column
from miaudit.targets._http_connection import Connection, Manners, Meter, connect
from miaudit.targets._http_forms import DataframeSplit, Form, Instances, Template, takes_one
from miaudit.targets._http_kserve import open_kserve
from miaudit.targets._http_options import STRICT, HttpOptions
from miaudit.targets._http_secrets import shown
from miaudit.targets.base import Target, at_least

FOLDER = "answers"  # in the store, for what endpoints answered
KINDS: dict[str, OutputKind] = {"probabilities": "probs", "logits": "logits"}
SINGULAR = {"probabilities": "probability", "logits": "logit"}
NAMES = {"kserve": "KServe v2", "mlflow": "MLflow", "instances": "instances", "template": "a template"}


class Queries(NamedTuple):
    """What an endpoint is asked at most."""

    records: int
    requests: int


@dataclass(frozen=True, eq=False, config=STRICT)
class Http(HttpOptions, Target):
    """A model behind an HTTP endpoint that takes JSON and gives probabilities or logits (n, C).

    Every record is sent once: answers are kept on disk as they come, so an interrupted audit goes on where it stopped.
    Failures that may pass are tried again. Tokens come from the environment and are neither stored nor shown.

    Raises:
        UserError: the URL is none, it or a header holds a secret, or options do not fit together.

    Example:
        >>> Http("https://host/v2/models/churn", headers={"Authorization": "Bearer ${TOKEN}"}).chosen_protocol
        'kserve'
    """

    made_of: ClassVar[str] = "the URL of a model, such as https://host/v2/models/NAME"
    opened_from: ClassVar[str] = "https://host/v2/models/NAME"
    extra: ClassVar[str] = "http"
    gives: ClassVar[str] = "probabilities, or logits if its option `kind` says so"
    rank: ClassVar[int] = 60  # no other kind accepts text

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object an http or https URL?"""
        return isinstance(given, str) and given.lower().startswith(("http://", "https://"))

    @classmethod
    def of(cls, given: str) -> Self:
        """Make a target of the URL."""
        return cls(given)

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is the address an http or https URL?"""
        return cls.accepts(address.text)

    @classmethod
    def open(cls, address: Address) -> "Http":
        """The endpoint at the URL, with the options of `Http`; raises UserError where one is wrong."""
        target: Http = registry.construct(cls, f"the endpoint {address}", {"url": address.text, **address.options})
        return target

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"the endpoint {shown(self.url)}"

    @property
    def description(self) -> str:
        """The endpoint, how its outputs were read, and whether it answers the same when it is asked again."""
        words = f"a model behind {shown(self.url)} ({NAMES[self.chosen_protocol]})"
        if not self._path.exists():
            return words
        with open_answers(self._path) as answers:
            twice, single = repeated(answers), single_column(answers)
        if single:
            words += f", whose single output was read as the {SINGULAR[self.kind]} of class 1"
        if twice is not None and not twice.same:
            words += (
                f", which is not deterministic: asked twice about {twice.records} records, its outputs differed by up "
                f"to {twice.difference:.2g}"
            )
        return words

    def queries_for(self, n: int) -> Queries:
        """What n records cost at most, if none were answered before and no attempt fails; for the user's own planning.

        >>> Http("http://localhost/invocations").queries_for(1000)
        Queries(records=1008, requests=18)
        """
        twice = min(self.repeats, n)
        size = self._batch
        requests = sum(-(-part // size) for part in (twice, twice, n - twice))
        return Queries(n + twice, requests)

    def unanswered(self, x: Floats) -> int:
        """Number of records that have to be sent for the outputs of x (n, ...): those not kept from earlier."""
        with self._asking() as asking:
            return asking.needed(x)

    def cost(self, x: Floats) -> str:
        """How many of the records (n, ...) will be sent, if no attempt fails."""
        records = self.unanswered(x)
        if not records:
            return f"all {len(x):,} records were answered before: none is sent"
        requests = -(-records // self._batch)
        return f"{records:,} of {len(x):,} records will be sent, in {requests:,} request{'' if requests == 1 else 's'}"

    def outputs(self, x: Floats) -> ModelOutputs:
        """Outputs (n, C) of records x (n, ...) in float64.

        Raises:
            UserError: the budget does not suffice, the endpoint fails, or its answers are not what they should be.
        """
        with self._asking() as asking:
            return ModelOutputs(asking.outputs(x), KINDS[self.kind])

    def count_classes(self, data: Dataset) -> int:
        """Number of outputs of a record, once the budget is known to suffice for all records."""
        with self._asking() as asking:
            asking.check_budget(data.x)
            classes = asking.outputs(data.x[: max(self.repeats, 1)]).shape[1]
        return at_least(classes, data)

    @contextmanager
    def _asking(self) -> Iterator[Asking]:
        habits = Habits(self.name, KINDS[self.kind], self._batch, self.repeats, self.budget, self.progress)
        with open_answers(self._path) as answers, connect(self._meter.manners, self._meter, self.headers) as connection:
            yield Asking(habits, connection, self._form, answers)

    def _form(self, connection: Connection) -> Form:
        protocol = self.chosen_protocol
        if protocol == "kserve":
            return open_kserve(
                connection, self.url.rstrip("/").removesuffix("/infer"), self.input_name, self.output_name
            )
        if protocol == "template":
            return Template(self.url, self.answer or "", self.class_names, self.body)
        path = "predictions" if self.answer is None else self.answer
        if protocol == "mlflow":
            return DataframeSplit(self.url, path, self.class_names, self.columns)
        return Instances(self.url, path, self.class_names)

    @cached_property
    def _meter(self) -> Meter:
        pauses = self.timeout, self.attempts, self.backoff, self.longest_wait
        return Meter(Manners(*pauses, self.requests_per_second, self.records_per_second, self.budget))

    @property
    def _batch(self) -> int:
        return 1 if takes_one(self.body) else self.batch

    @property
    def _path(self) -> Path:
        return (self.cache or store_root() / FOLDER) / f"{self.identity}.sqlite"
