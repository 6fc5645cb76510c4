"""How an audit is carried out, as the command line was told."""

from dataclasses import dataclass
from pathlib import Path

from miaudit.config import AuditConfig


@dataclass(frozen=True)
class Choices:
    """The options that say how an audit is carried out; what it finds does not depend on them, but for the budget."""

    config: Path | None  # the file that says what is audited; None for the demo
    store: str | None  # a folder or a URL
    jobs: int | None
    ray: str | None = None  # address of a cluster
    data_root: Path | None = None
    device: str | None = None  # None: as the configuration says
    budget: float | None = None  # seconds
    confirm_above: float | None = None  # seconds
    plan_only: bool = False
    anytime: bool = False
    as_json: bool = False

    def applied(self, config: AuditConfig) -> AuditConfig:
        """The configuration with what the options say otherwise."""
        return config if self.device is None else config.model_copy(update={"device": self.device})

    @property
    def about_training(self) -> str | None:
        """The first option that makes no sense where nothing is trained."""
        given = {
            "--ray": self.ray is not None,
            "--device": self.device is not None,
            "--budget": self.budget is not None,
            "--confirm-above": self.confirm_above is not None,
            "--plan-only": self.plan_only,
            "--anytime": self.anytime,
        }
        return next((option for option, is_given in given.items() if is_given), None)
