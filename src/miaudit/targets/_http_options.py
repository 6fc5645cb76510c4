"""Defines and checks the options of a model behind HTTP."""

from dataclasses import KW_ONLY
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue
from pydantic.dataclasses import dataclass
from pydantic.json_schema import SkipJsonSchema

from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.running.base import Progress, silent
from miaudit.targets._http_forms import check_template
from miaudit.targets._http_secrets import VARIABLE, check_headers, check_url, shown

STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)  # errors quote no header

ProtocolName = Literal["kserve", "mlflow", "instances", "template"]


@dataclass(frozen=True, eq=False, config=STRICT)
class HttpOptions:
    """Where an endpoint is, how it is spoken to, how gently it is treated, and where its answers are kept."""

    url: Annotated[str, BeforeValidator(check_url)] = Field(description="address of the endpoint, without credentials")
    _: KW_ONLY
    protocol: ProtocolName | None = Field(
        default=None,
        description="kserve: KServe v2 (Open Inference Protocol); mlflow: `dataframe_split`; instances: `instances`, "
        "of TensorFlow Serving and MLflow; template: `body`. By default the URL or `body` tells",
    )
    headers: Annotated[dict[str, str], BeforeValidator(check_headers)] = Field(
        default_factory=dict, repr=False, description="sent with every request; ${NAME} is filled from the environment"
    )
    columns: tuple[str, ...] = Field(default=(), description="mlflow: names of the features")
    class_names: tuple[str, ...] = Field(
        default=(),
        description="names of the outputs in the order of labels, where an answer's rows are objects whose names are "
        "not the labels",
    )
    input_name: str | None = Field(default=None, description="kserve: the input that is fed, where there are several")
    output_name: str | None = Field(default=None, description="kserve: the output to read, where there are several")
    body: JsonValue = Field(
        default=None,
        description='template: a JSON document with "${records}", or "${record}" where a request holds one record',
    )
    answer: str | None = Field(
        default=None,
        description="dotted path to the outputs in the answer; `*` for every item. By default `predictions`, or the "
        "only list in a template's answer",
    )
    batch: int = Field(default=64, ge=1, description="most records in a request")
    timeout: float = Field(default=30.0, gt=0, description="seconds that an answer may take")
    attempts: int = Field(default=6, ge=1, description="how often a request is tried")
    backoff: float = Field(
        default=0.5, gt=0, description="seconds before the second attempt, doubled for each later one"
    )
    longest_wait: float = Field(default=120.0, gt=0, description="seconds between two attempts, Retry-After included")
    requests_per_second: float | None = Field(
        default=None, gt=0, description="most requests a second; None for no limit"
    )
    records_per_second: float | None = Field(default=None, gt=0, description="most records a second; None for no limit")
    budget: int | None = Field(default=None, ge=1, description="most records that may be sent; None for any number")
    repeats: int = Field(default=8, ge=0, description="how many records are sent twice, to see if the answers agree")
    cache: Path | None = Field(default=None, description="folder of kept answers; by default one in the store")
    progress: SkipJsonSchema[Progress] = Field(
        default=silent, repr=False, description="called with the number of records that are answered"
    )

    def __post_init__(self) -> None:
        """Raise UserError where options do not fit together."""
        if self.chosen_protocol == "template":
            check_template(self.body)
        elif self.body is not None:
            raise UserError(
                f'`body` belongs to protocol="template", not to {self.chosen_protocol}: leave one of them out'
            )
        if self.chosen_protocol == "kserve" and urlsplit(self.url).query:
            raise UserError(f"expected a URL without a query for KServe v2, such as {shown(self.url)}")

    @property
    def chosen_protocol(self) -> ProtocolName:
        """The protocol that is spoken; raises UserError where the URL does not tell."""
        if self.protocol is not None:
            return self.protocol
        path = urlsplit(self.url).path
        if self.body is not None:
            return "template"
        if "/v2/models/" in path:
            return "kserve"
        if path.endswith("/invocations"):
            return "mlflow"
        if path.endswith(":predict"):
            return "instances"
        raise UserError(
            f"cannot tell the protocol of {shown(self.url)}: expected .../v2/models/NAME (KServe v2), .../invocations "
            "(MLflow) or ...:predict (instances); set `protocol`, or `body` and `answer` for another one"
        )

    @property
    def identity(self) -> str:
        """Names everything that the answers depend on, except the records and secrets."""
        plain = {name: text for name, text in self.headers.items() if not VARIABLE.search(text)}
        sent = [self.url, self.chosen_protocol, plain, self.columns, self.input_name, self.body]
        read = [self.class_names, self.output_name, self.answer]
        return fingerprint(sent, read)
