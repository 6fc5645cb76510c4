"""The messages of those who do a unit of work: what is finished, how far training is, and how the unit ended."""

import time
import traceback
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from miaudit.errors import UserError
from miaudit.messages import printable
from miaudit.running.units import Unit
from miaudit.running.work import do_all
from miaudit.store.base import Store
from miaudit.training.data import Records

Result = TypeVar("Result")
TICK = 0.25  # seconds between messages about samples


class Done(NamedTuple, Generic[Result]):
    """Says that an item of the unit is finished."""

    key: str
    result: Result  # of a work, whose outputs are stored now: whether a model had to be trained


class Samples(NamedTuple):
    """Says that training has passed over some more records."""

    number: int


class Failed(NamedTuple):
    """Says that the unit cannot be done, and why."""

    message: str  # for the user
    trace: str

    def error(self) -> UserError:
        """The failure, to be raised where the user sees it."""
        error = UserError(self.message)
        error.add_note(printable(self.trace))
        return error


class Idle(NamedTuple):
    """Says that the unit is finished."""


Message = Done[Result] | Samples
Said = Message[Result] | Failed | Idle
Send = Callable[[Said[Result]], None]


def carry_out(unit: Unit, records: Records, store: Store, device: str, send: Send[bool]) -> None:
    """Do a unit and send what happens.

    Args:
        unit: works of one recipe.
        records: the records that they share.
        store: where models and outputs are kept.
        device: the device to train on.
        send: takes the messages.
    """
    for work, trained in do_all(unit, records, store, device, _ticker(send)):
        send(Done(work.key, trained))


def tell_the_end(
    do: Callable[[Send[Result]], None], send: Send[Result], blame: str = "a model cannot be trained"
) -> None:
    """Call `do`, and then send whether it went well; nothing is raised.

    Args:
        do: the work, which sends messages of its own.
        send: takes the messages.
        blame: begins the message for the user if `do` raises an error that was not written for them.
    """
    try:
        do(send)
    except UserError as error:
        send(Failed(str(error), traceback.format_exc()))
    except Exception as error:
        reason = f"{blame}: {type(error).__name__}: {error} (what is finished is kept)"
        send(Failed(reason, traceback.format_exc()))
    else:
        send(Idle())


def _ticker(send: Send[bool]) -> Callable[[int], None]:
    """A tick that adds up samples and sends their number now and then."""
    total, last = 0, time.monotonic()

    def tick(samples: int) -> None:
        nonlocal total, last
        total += samples
        if time.monotonic() - last >= TICK:
            send(Samples(total))
            total, last = 0, time.monotonic()

    return tick
