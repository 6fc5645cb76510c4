"""The options of the command `audit`."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from miaudit.config import AuditConfig
from miaudit.errors import UserError


class GroupOptions(NamedTuple):
    """Groups for which the numbers are given, too; as the configuration says where an option is not given."""

    columns: tuple[str, ...] = ()
    least: int | None = None


AS_CONFIGURED = GroupOptions()


class GateOptions(NamedTuple):
    """What decides on the audit at its end; nothing does without a policy."""

    policy: str | None = None  # a file or a name
    baseline: Path | None = None  # folder of an earlier audit

    @property
    def file(self) -> Path | None:
        """The file of the policy; None for one that is ready-made."""
        return None if self.policy is None or not Path(self.policy).is_file() else Path(self.policy)


NO_GATE = GateOptions()


@dataclass(frozen=True)
class Choices:
    """Options that say how an audit is carried out. What it finds depends on none of them but the budget."""

    config: Path | None  # the file that says what is audited; None for the demo
    store: str | None  # a folder or a URL
    jobs: int | None
    ray: str | None = None  # address of a cluster
    data_root: Path | None = None
    device: str | None = None  # None: as the configuration says
    budget: str | None = None  # a time such as 10m
    confirm_above: str | None = None  # a time
    plan_only: bool = False
    anytime: bool = False
    as_json: bool = False
    groups: GroupOptions = AS_CONFIGURED
    gate: GateOptions = NO_GATE
    release: bool = False  # write nothing about single records
    log: str | None = None  # name of a tracker
    open_page: bool = False  # in the browser, at the end
    views: int | None = None  # None: as the configuration says
    students: int | None = None  # None: as the configuration says

    def applied(self, config: AuditConfig) -> AuditConfig:
        """The configuration with the device, the groups, the views and the students that the options name.

        Raises:
            UserError: an option is about training, and the configuration audits evidence that was collected already.
        """
        if config.evidence is not None and (option := self._about_training) is not None:
            raise UserError(f"{option} is for training models: evidence was collected already")
        named = {"device": self.device, "group_by": self.groups.columns or None, "min_group": self.groups.least}
        named |= {"views": self.views, "students": self.students}
        return config.model_copy(update={key: value for key, value in named.items() if value is not None})

    @property
    def _about_training(self) -> str | None:
        """The first option that makes no sense where nothing is trained; None if there is none."""
        given = {
            "--ray": self.ray is not None,
            "--device": self.device is not None,
            "--budget": self.budget is not None,
            "--confirm-above": self.confirm_above is not None,
            "--plan-only": self.plan_only,
            "--anytime": self.anytime,
            "--views": self.views is not None,
            "--students": self.students is not None,
        }
        return next((option for option, is_given in given.items() if is_given), None)
