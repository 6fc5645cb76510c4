"""Every row can be planned at the papers' sizes: a quick run, whose splits are smaller, does not show that."""

from pathlib import Path

from miaudit.auditing.from_config import plan_of_config
from miaudit.config import AuditConfig
from miaudit.errors import UserError
from miaudit.experiments import spec
from miaudit.experiments.quick import outline

FOLDER = Path(__file__).parents[2] / "experiments"


COUNTS = {"models", "references", "shadows"}  # of models: they take no records


def configs() -> dict[str, AuditConfig]:
    """A row of each data set, sizes and defence."""
    found: dict[str, AuditConfig] = {}
    for name in spec.names(FOLDER):
        named = spec.load(FOLDER, name)
        for row in named.experiment.rows:
            config = named.config(row, 0)
            content = config.as_dict()
            sizes = {size: content["split"][size] for size in content["split"].keys() - COUNTS}
            kind = content["dataset"]["name"], sorted(sizes.items(), key=str), content.get("defence", {}).get("name")
            found.setdefault(str(kind), config)
    return found


def test_every_split_fits_its_data_set_and_its_defence() -> None:
    wrong = {}
    for kind, config in configs().items():
        try:
            plan_of_config(config, outline(spec.dataset_of(config)))
        except UserError as error:
            wrong[kind] = str(error)
    assert not wrong
