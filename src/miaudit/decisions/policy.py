"""A policy: what an audit may find at most, and what it must have looked at. It is read from YAML."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from miaudit.decisions.change_rules import AucChangeRule, TprChangeRule
from miaudit.decisions.rules import AnyRule, AucRule, EpsilonRule, NamedRule, PrecisionRule, TprRule
from miaudit.errors import UserError
from miaudit.messages import did_you_mean
from miaudit.reading.path import about
from miaudit.reading.yaml_file import parse_yaml, read_yaml
from miaudit.registry import explain

READY = ("strict", "research-output", "regression")
RULES = (AucRule, TprRule, PrecisionRule, EpsilonRule, NamedRule, AucChangeRule, TprChangeRule)
WHAT = "a policy with keys such as `rules` and `require`"


class Requirements(BaseModel):
    """What an audit must have looked at before it can pass: without it, the gate cannot tell."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    controls: bool = Field(
        default=True,
        description="Whether the audit's checks of itself must have passed: nobody wins where nothing leaks, an attack "
        "finds the built-in leak, members and non-members are alike, references resemble the target.",
    )
    members: int = Field(default=0, ge=0, description="Least number of audited members.")
    nonmembers: int = Field(default=0, ge=0, description="Least number of audited non-members.")
    models: int = Field(default=0, ge=0, description="Least number of reference models that the audit trained.")
    attacks: tuple[str, ...] = Field(
        default=(), strict=False, description="Titles of attacks that must have run, such as `lira`."
    )


class Policy(BaseModel):
    """Limits on what attacks may find, and conditions under which a pass counts.

    Example:
        >>> Policy.of("strict").confidence
        0.95
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: str = Field(default="", description="Name of the policy in the outputs; by default that of its file.")
    confidence: float = Field(
        default=0.95,
        gt=0.5,
        lt=1,
        description="Confidence of the intervals whose ends are compared with the limits: a model within all limits "
        "fails, and one beyond a limit passes, with a chance of at most half of the rest.",
    )
    rules: tuple[AnyRule, ...] = Field(strict=False, description="The limits; all of them must hold for a pass.")
    require: Requirements = Field(default=Requirements(), description="Conditions under which a pass counts.")

    @model_validator(mode="after")
    def _limits_something(self) -> "Policy":
        if not self.rules:
            raise ValueError("expected at least one rule")
        return self

    @classmethod
    def of(cls, name: "str | Path | Policy") -> "Policy":
        """The policy itself, a ready-made one by its name, or the one in a YAML file.

        Raises:
            UserError: there is no such file, or a key is unknown, missing or wrong.
        """
        if isinstance(name, Policy):
            return name
        if str(name) in READY:
            text = files("miaudit.decisions").joinpath(f"policies/{name}.yaml").read_text(encoding="utf-8")
            return cls.parse(parse_yaml(text), str(name))
        path = Path(name)
        if not path.suffix and not path.exists():
            raise UserError(f"no policy is called {str(name)!r}: {did_you_mean(str(name), READY)}, or give a YAML file")
        content = read_yaml(path, WHAT)
        with about(path):
            return cls.parse(content, path.stem)

    @classmethod
    def parse(cls, content: Any, title: str = "") -> "Policy":
        """Check a policy given as plain values; raises UserError where a key is unknown, missing or wrong."""
        try:
            policy = cls.model_validate(content)
        except ValidationError as error:
            raise UserError(f"the policy is wrong: {explain(error, _keys())}") from None
        return policy if policy.title else policy.model_copy(update={"title": title})


def _keys() -> list[str]:
    """Every key that occurs anywhere in a policy."""
    kinds: tuple[type[BaseModel], ...] = (Policy, Requirements, *RULES)
    return list(dict.fromkeys(key for kind in kinds for key in kind.model_fields))
