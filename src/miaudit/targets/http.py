"""Target: a model behind an HTTP endpoint, which is asked in batches and never twice about a record."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import Field, InstanceOf
from pydantic.dataclasses import dataclass
from pydantic.json_schema import SkipJsonSchema

from miaudit import registry
from miaudit.address import Address
from miaudit.answers import AnswerForm
from miaudit.datasets.base import Dataset
from miaudit.features.base import Inputs
from miaudit.fingerprint import fingerprint
from miaudit.forms import AskedForm
from miaudit.records.labels import Classes
from miaudit.store_root import store_root
from miaudit.targets._http_answers import open_answers
from miaudit.targets._http_asking import Asking, Habits, repeated
from miaudit.targets._http_connection import Connection, Manners, Meter, connect
from miaudit.targets._http_forms import DataframeSplit, Form, Instances, Template, takes_one
from miaudit.targets._http_kserve import open_kserve
from miaudit.targets._http_numbers import Order
from miaudit.targets._http_options import STRICT, HttpOptions
from miaudit.targets._http_secrets import shown
from miaudit.targets.base import AnsweringTarget, at_least

FOLDER = "answers"  # in the store, for what endpoints answered
NAMES = {"kserve": "KServe v2", "mlflow": "MLflow", "instances": "instances", "template": "a template"}


class Queries(NamedTuple):
    """The most records and requests that an endpoint will get."""

    records: int
    requests: int


@dataclass(frozen=True, eq=False, config=STRICT)
class Http(HttpOptions, AnsweringTarget):
    """A model behind an HTTP endpoint that takes and gives JSON: probabilities, logits, margins or labels.

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
    free_to_ask: ClassVar[bool] = False
    rank: ClassVar[int] = 60  # no other kind accepts text
    sample: ClassVar[int] = 32  # queries may cost money

    asked: SkipJsonSchema[AskedForm] = Field(default="auto", kw_only=True, repr=False)
    form: SkipJsonSchema[AnswerForm | None] = Field(default=None, kw_only=True, repr=False)
    labels: SkipJsonSchema[tuple[str, ...]] = Field(default=(), kw_only=True, repr=False)  # of the records, in order
    classes: SkipJsonSchema[int | None] = Field(default=None, kw_only=True, repr=False)
    meter: SkipJsonSchema[InstanceOf[Meter] | None] = Field(
        default=None, kw_only=True, repr=False
    )  # shared by what is made of it

    def __post_init__(self) -> None:
        """Raise UserError where options do not fit together."""
        super().__post_init__()
        pauses = self.timeout, self.attempts, self.backoff, self.longest_wait
        manners = Manners(*pauses, self.requests_per_second, self.records_per_second, self.budget)
        if self.meter is None or self.meter.manners != manners:
            object.__setattr__(self, "meter", Meter(manners))

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

    def with_labels(self, labels: Classes) -> "Http":
        """The endpoint with the records' labels, by which the numbers in its answers may be named."""
        return self if labels.are_numbered else replace(self, labels=tuple(map(str, labels.values.tolist())))

    @property
    def name(self) -> str:
        """Its name in messages."""
        return f"the endpoint {shown(self.url)}"

    @property
    def description(self) -> str:
        """The endpoint, how its answers are read, and whether it answers the same when it is asked again."""
        words = f"a model behind {shown(self.url)} ({NAMES[self.chosen_protocol]}){self.described}"
        if not self._path.exists():
            return words
        with open_answers(self._path) as answers:
            twice = repeated(answers)
        if twice is not None and not twice.same:
            words += (
                f", which is not deterministic: asked twice about {twice.records} records, its answers differed by up "
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

    def unanswered(self, x: Inputs) -> int:
        """Number of records that have to be sent for the outputs of x (n, ...): those not kept from earlier."""
        with self._asking() as asking:
            return asking.needed(x)

    def cost(self, x: Inputs) -> str:
        """How many of the records (n, ...) will be sent, if no attempt fails."""
        records = self.unanswered(x)
        if not records:
            return f"all {len(x):,} records were answered before: none is sent"
        requests = -(-records // self._batch)
        return f"{records:,} of {len(x):,} records will be sent, in {requests:,} request{'' if requests == 1 else 's'}"

    def check_queries(self, x: Inputs) -> None:
        """Raise UserError, before anything is sent, where the budget does not suffice for records x (n, ...)."""
        with self._asking() as asking:
            asking.check_budget(x)

    def answers(self, x: Inputs) -> Any:
        """What the endpoint says about records x (n, ...), (n, k).

        Raises:
            UserError: the budget does not suffice, the endpoint fails, or its answers are not what they should be.
        """
        with self._asking() as asking:
            return asking.about(x)

    def tried(self, data: Dataset) -> Self:
        """The target with the form of its answers, once the budget is known to suffice for all records."""
        with self._asking() as asking:
            asking.check_budget(data.x)
        return super().tried(data)

    def count_classes(self, data: Dataset) -> int:
        """Number of columns that the outputs have, once the budget is known to suffice for all records."""
        with self._asking() as asking:
            asking.check_budget(data.x)
        first = data.x[: max(self.repeats, 1)]
        return data.classes if self.labels_only else at_least(self.outputs(first).values.shape[1], data)

    @contextmanager
    def _asking(self) -> Iterator[Asking]:
        if self.meter is None:
            raise ValueError("expected the meter that __post_init__ makes")
        habits = Habits(self.name, self.form, self._batch, self.repeats, self.budget, self.progress)
        with open_answers(self._path) as answers, connect(self.meter.manners, self.meter, self.headers) as connection:
            yield Asking(habits, connection, self._form, answers)

    def _form(self, connection: Connection) -> Form:
        protocol = self.chosen_protocol
        if protocol == "kserve":
            return open_kserve(
                connection, self.url.rstrip("/").removesuffix("/infer"), self.input_name, self.output_name
            )
        if protocol == "template":
            return Template(self.url, self.answer or "", self._order, self.body)
        path = "predictions" if self.answer is None else self.answer
        if protocol == "mlflow":
            return DataframeSplit(self.url, path, self._order, self.columns)
        return Instances(self.url, path, self._order)

    @property
    def _order(self) -> Order:
        return Order(self.class_names, self.labels)

    @property
    def _batch(self) -> int:
        return 1 if takes_one(self.body) else self.batch

    @property
    def _kept_as(self) -> str:
        return fingerprint(self.identity, self.labels) if self.labels else self.identity

    @property
    def _path(self) -> Path:
        return (self.cache or store_root() / FOLDER) / f"{self._kept_as}.sqlite"
