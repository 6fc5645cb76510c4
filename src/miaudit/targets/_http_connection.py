"""Sends requests to an endpoint, at a bounded rate, and again where the failure may pass."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from miaudit.errors import UserError
from miaudit.messages import cut
from miaudit.targets._http_secrets import filled, redacted, redacted_json, shown

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

PASSING = {408, 425, 429, 500, 502, 503, 504}  # statuses of failures that may pass
NOT_OFFERED = {404, 405, 501}  # statuses of pages that an endpoint does not have
LARGEST = 2**28  # bytes of an answer
EXCERPT = 200  # characters of an answer that a message quotes
ADVICE = {
    401: "check the token in `headers` and the environment variable that it comes from",
    403: "check the token in `headers` and the environment variable that it comes from",
    404: "check the URL and the model's name in it",
    405: "check the URL and `protocol`",
    413: "make `batch` smaller",
}


class Manners(NamedTuple):
    """Limits that protect an endpoint: timeouts, attempts, rate and budget."""

    timeout: float  # seconds
    attempts: int
    backoff: float  # seconds before the second attempt; doubled before each later one
    longest_wait: float  # seconds
    requests_per_second: float | None
    records_per_second: float | None
    budget: int | None  # records


@dataclass
class Meter:
    """Counts the records that were sent, and holds requests back until the next one is due."""

    manners: Manners
    sent: int = 0  # records, those of repeated attempts included
    due: float = 0.0  # on the monotonic clock, when the next request may be sent

    def take(self, records: int) -> None:
        """Wait until a request with so many records is due, and count them; raises UserError beyond the budget."""
        budget = self.manners.budget
        if budget is not None and self.sent + records > budget:
            raise UserError(
                f"the budget of {budget:,} records is used up, since some had to be sent more than once; all answers "
                "are kept: run the same again to go on"
            )
        time.sleep(max(0.0, self.due - time.monotonic()))
        gaps = (1, self.manners.requests_per_second), (records, self.manners.records_per_second)
        self.due = time.monotonic() + max(amount / rate if rate else 0.0 for amount, rate in gaps)
        self.sent += records


class UnansweredError(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait  # seconds that the endpoint asks for before the next attempt


@dataclass(frozen=True, eq=False)
class Connection:
    """A connection to an endpoint, which is opened when something is sent for the first time."""

    manners: Manners
    meter: Meter
    headers: Mapping[str, str] = field(repr=False)  # templates, which the environment fills
    _opened: ExitStack

    @cached_property
    def _client(self) -> "httpx.Client":
        """The client; raises UserError if the extra `http` is not installed, or an environment variable is not set."""
        try:
            import httpx
            import tenacity  # noqa: F401  (better missed now than at the first request)
        except ImportError:
            raise UserError("a model behind HTTP needs httpx and tenacity: pip install 'miaudit[http]'") from None
        sent = {"Content-Type": "application/json", **filled(self.headers)}
        return self._opened.enter_context(httpx.Client(headers=sent, timeout=self.manners.timeout))

    def get(self, url: str) -> Any | None:
        """The JSON document at the URL; None where the endpoint offers none; raises UserError as `post` does."""
        return self._until_answered(url, "GET", None, 0)

    def post(self, url: str, body: Any, records: int) -> Any:
        """The JSON answer to a body that holds so many records.

        Raises:
            UserError: the endpoint refuses the request, no attempt was answered, or the budget is used up.
        """
        content = json.dumps(body, allow_nan=False).encode()
        return self._until_answered(url, "POST", content, records)

    def _until_answered(self, url: str, method: str, content: bytes | None, records: int) -> Any:
        client = self._client  # first, as this checks that tenacity is installed
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        def counted() -> Any:
            self.meter.take(records)
            return self._attempt(client, method, url, content)

        retrying = Retrying(
            retry=retry_if_exception_type(UnansweredError),
            stop=stop_after_attempt(self.manners.attempts),
            wait=self._wait,
            reraise=True,
        )
        try:
            return retrying(counted)
        except UnansweredError as error:
            tries = f"{self.manners.attempts} attempt{'s' if self.manners.attempts > 1 else ''}"
            raise UserError(
                f"the endpoint {shown(url)} gave no answer in {tries}; at last: {error}. All answers so far are kept: "
                "run the same again to go on"
            ) from None

    def _wait(self, state: "RetryCallState") -> float:
        """Seconds before the next attempt: twice as long each time and jittered, but no less than was asked for."""
        from tenacity import wait_exponential, wait_random

        longest, backoff = self.manners.longest_wait, self.manners.backoff
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, UnansweredError) else 0.0
        if asked > longest:
            raise UserError(
                f"the endpoint asks for a pause of {asked:,.0f} s, more than `longest_wait` ({longest:g} s); all "
                "answers so far are kept: run the same again later"
            )
        usual = wait_exponential(multiplier=backoff, max=longest) + wait_random(0, backoff)
        return max(asked, min(longest, usual(state)))

    def _attempt(self, client: "httpx.Client", method: str, url: str, content: bytes | None) -> Any | None:
        """The JSON answer to one request; None where a page to be read is not offered."""
        import httpx

        until = time.monotonic() + self.manners.timeout
        try:
            with client.stream(method, url, content=content) as response:
                raw = _read(response, until)
        except httpx.RequestError as error:
            said = self._clean(str(error))
            raise UnansweredError(f"{type(error).__name__}{f': {said}' if said else ''}") from None
        status = response.status_code
        if status in PASSING:
            raise UnansweredError(f"HTTP {status}{self._excerpt(raw)}", _pause(response.headers.get("Retry-After")))
        if status in NOT_OFFERED and method == "GET":
            return None
        if not response.is_success:
            moved = f"; it refers to {response.headers['Location']}" if "Location" in response.headers else ""
            advice = f"; {ADVICE[status]}" if status in ADVICE else ""
            raise UserError(self._clean(f"{shown(url)} answers HTTP {status}{moved}{advice}{self._excerpt(raw)}"))
        try:
            return redacted_json(json.loads(raw), self.headers)
        except (ValueError, RecursionError):
            raise UnansweredError(f"its answer is no complete JSON document{self._excerpt(raw)}") from None

    def _excerpt(self, raw: bytes) -> str:
        text = self._clean(raw[: 2**16].decode(errors="replace"))
        return f" ({cut(text, EXCERPT)})" if text.strip() else ""

    def _clean(self, text: str) -> str:
        return redacted(text, self.headers)


@contextmanager
def connect(manners: Manners, meter: Meter, headers: Mapping[str, str]) -> Iterator[Connection]:
    """A connection for as long as the block lasts."""
    with ExitStack() as opened:
        yield Connection(manners, meter, headers, opened)


def _read(response: "httpx.Response", until: float) -> bytes:
    """The answer's content; raises UnansweredError where it is not complete in time, and UserError where it is huge."""
    raw = bytearray()
    for part in response.iter_bytes():
        raw += part
        if time.monotonic() > until:
            raise UnansweredError("its answer was not complete within `timeout`")
        if len(raw) > LARGEST:
            raise UserError(f"the endpoint's answer exceeds {LARGEST:,} bytes: make `batch` smaller")
    return bytes(raw)


def _pause(retry_after: str | None) -> float:
    """Seconds that a header `Retry-After` asks for, which holds a number or a date; 0 where it holds neither.

    >>> _pause("7"), _pause(None), _pause("soon")
    (7.0, 0.0, 0.0)
    """
    if retry_after is None:
        return 0.0
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        date = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    zoned = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())
