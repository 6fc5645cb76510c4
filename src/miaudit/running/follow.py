"""Follows a run: what is missing from the store, how much of it is done, and how fast it goes."""

import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from miaudit.running.base import Progress, Tally, Watch
from miaudit.running.messages import Done, Message
from miaudit.running.pace import Pacer
from miaudit.running.units import samples_left
from miaudit.running.work import Work
from miaudit.store.base import Store

Do = Callable[[Sequence[Work]], Generator[Message[bool], None, None]]  # does works that are not in the store


def follow(
    works: Sequence[Work],
    store: Store,
    do: Do,
    progress: Progress,
    stage: str,
    watch: Watch,
    classes: int | None = None,
) -> Tally:
    """Have all work done that is not in the store, and pass on progress and pace.

    Args:
        works: the work; some of it may be in the store.
        store: where the outputs are kept.
        do: does the works that it is given, and yields what happens.
        progress: called with the stage, the number of works done, and their total.
        stage: the name of the work for `progress`.
        watch: called now and then with the pace of training.
        classes: number of columns that stored outputs must have; None for any.
    """
    start = time.monotonic()
    missing = {work.key: work for work in works if not work.is_intact(store, classes)}
    waiting = Counter(work.key for work in works if work.key in missing)  # works may share a name
    left = waiting.total()
    progress(stage, len(works) - left, len(works))
    trained = 0
    pacer = Pacer(sum(samples_left(work, store) for work in missing.values() if not work.is_trained(store)))
    with closing(do(list(missing.values()))) as messages:
        for message in messages:
            if isinstance(message, Done):
                trained += message.result
                left -= waiting[message.key]
                progress(stage, len(works) - left, len(works))
            elif (pace := pacer.add(message.number)) is not None:
                watch(pace)
    return Tally(trained, len(works) - trained, time.monotonic() - start)
