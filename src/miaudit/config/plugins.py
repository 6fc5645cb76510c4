"""A plug-in with its options, as a configuration names it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from miaudit import registry


def titled(name: str, options: dict[str, Any]) -> str:
    """A plug-in with its options, as results name it.

    >>> titled("calibrated", {"signal": "confidence"})
    'calibrated[signal=confidence]'
    """
    listed = ",".join(f"{key}={value}" for key, value in options.items())
    return f"{name}[{listed}]" if listed else name


class PluginConfig(BaseModel):
    """A plug-in's name and its options, side by side: `{name: lira, mode: online}` or just `lira`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str = Field(description="Name of the plug-in; its options stand beside it.")

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @property
    def options(self) -> dict[str, Any]:
        """All keys but the name: the plug-in's options."""
        return dict(self.model_extra or {})

    @property
    def title(self) -> str:
        """The name with its options: `dp_sgd[noise=0.6]`."""
        return titled(self.name, self.options)

    def build(self, folder: str) -> Any:
        """The plug-in; raises UserError if there is none of that name or an option is wrong."""
        return registry.build(folder, self.name, self.options)


class AttackConfig(BaseModel):
    """An attack with its options; `name` is its title in the results where one attack is used twice."""

    model_config = ConfigDict(frozen=True, extra="allow")

    attack: str = Field(description="Name of the attack; its options stand beside it.")
    name: str | None = Field(
        default=None, description="Title in the results; by default the attack's name with its options."
    )

    @model_validator(mode="before")
    @classmethod
    def _attack_alone(cls, value: Any) -> Any:
        return {"attack": value} if isinstance(value, str) else value

    @property
    def options(self) -> dict[str, Any]:
        """All keys but the names of attack and title: the attack's options."""
        return dict(self.model_extra or {})

    @property
    def title(self) -> str:
        """The given name, else the attack with its options: `calibrated[signal=confidence]`."""
        if self.name:
            return self.name
        return titled(self.attack, self.options)

    def build(self) -> Any:
        """The attack; raises UserError if there is none of that name or an option is wrong."""
        return registry.build("attacks", self.attack, self.options)
