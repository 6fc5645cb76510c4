"""A runner that trains in this process, where starting others would take most of the time."""

from collections.abc import Sequence

from miaudit.datasets.base import Dataset
from miaudit.running.base import Progress, Tally, Watch, silent, unwatched
from miaudit.running.work import Work, do
from miaudit.store.base import Store
from miaudit.training.data import Records


class Here:
    """Trains one model after another."""

    at_once = 1
    processes_here = 1

    def run(
        self,
        works: Sequence[Work],
        data: Dataset,
        store: Store,
        progress: Progress = silent,
        watch: Watch = unwatched,
        device: str = "cpu",
    ) -> Tally:
        """See `running.base.Runner`."""
        records = Records(data.x, data.y, data.classes)
        trained = sum(do(work, records, store, device) for work in works)
        return Tally(trained, len(works) - trained, 0.0)
