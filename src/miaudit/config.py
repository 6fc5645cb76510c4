"""The configuration of an audit: the only place where options come as dictionaries."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from miaudit import registry
from miaudit.errors import UserError
from miaudit.forms import Surrogates
from miaudit.reading.hints import Hints
from miaudit.reading.path import about, resolved
from miaudit.reading.suffixes import TABLES, UNREAD
from miaudit.reading.yaml_file import read_yaml
from miaudit.target_config import TargetConfig

COLUMNS = ("id", "position", "label", "class", "member")  # columns of scores.parquet other than those of attacks
EVIDENCE_SUFFIXES = (".safetensors", *TABLES, *UNREAD)


Attacker = Literal["unaware", "knows"]


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


class RecipeConfig(BaseModel):
    """How models are trained: a network by its `model`, a classifier by its class as `estimator`, or by your function.

    All other fields are passed on: those of a network's recipe, or the classifier's own parameters.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    model: PluginConfig | None = Field(default=None, description="The network's architecture.")
    estimator: str | None = Field(
        default=None,
        description="Dotted name of a classifier's class, such as `sklearn.ensemble.RandomForestClassifier`.",
    )

    train: str | None = Field(
        default=None,
        description="Your own training code: a function train(x, y, seed) -> model, such as `fit.py:train`.",
    )

    @model_validator(mode="after")
    def _one_kind(self) -> "RecipeConfig":
        if sum(kind is not None for kind in (self.model, self.estimator, self.train)) != 1:
            near = [name for name in self.options if get_close_matches(name, ("model", "estimator", "train"), n=1)]
            got = f" (got {near[0]!r})" if near else ""
            raise ValueError(
                f"expected one of `model`, of a network, `estimator`, of a classifier, and `train`, a function{got}"
            )
        if self.train is not None and self.options:
            raise ValueError(f"`train` takes no options beside it, got {next(iter(self.options))!r}")
        return self

    @property
    def options(self) -> dict[str, Any]:
        """All keys but the model, the estimator or the function."""
        return dict(self.model_extra or {})

    def within(self, folder: Path) -> "RecipeConfig":
        """The same with a relative path of `train` that starts from this folder."""
        file, _, function = (self.train or "").rpartition(":")
        if not file.endswith(".py"):
            return self
        return self.model_copy(update={"train": f"{resolved(folder / file)}:{function}"})

    def with_options(self, options: dict[str, Any]) -> "RecipeConfig":
        """The same kind of model with other options."""
        return type(self).model_validate({**self._kind, **options})

    def changed(self, changes: dict[str, Any]) -> "RecipeConfig":
        """The recipe with some of its fields changed.

        Changes that name an estimator, a function, or a network in place of one of these, start afresh: the parameters
        of one class are not those of another.
        """
        if {"estimator", "train"} & set(changes) or ("model" in changes and self.model is None):
            return type(self).model_validate(changes)
        return type(self).model_validate({**self._kind, **self.options, **changes})

    @property
    def _kind(self) -> dict[str, Any]:
        return {"model": self.model, "estimator": self.estimator, "train": self.train}


class AuditConfig(BaseModel):
    """What is audited, how, and with which attacks.

    It names either `evidence`, or a `target` at hand, or a `dataset` with a `split` and a `recipe`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(default="", description="Title of the report.")
    evidence: Path | None = Field(
        default=None, description="A file of outputs that were collected already; nothing is trained then."
    )
    nonmembers: Path | None = Field(
        default=None, description="A second file, of predictions on non-members; `evidence` has those on members then."
    )
    reading: Hints = Field(
        default=Hints(), description="Meaning of columns in a table of predictions, where it is not obvious."
    )
    target: TargetConfig | None = Field(default=None, description="A model at hand and its records.")
    dataset: PluginConfig | None = Field(default=None, description="The records, where the target is trained here.")
    split: PluginConfig | None = Field(
        default=None,
        description="Which model is trained on which records. For a `target` at hand, a `pool` with no more than "
        "`models` and `shadows`.",
    )
    recipe: RecipeConfig | None = Field(default=None, description="How the target is trained, or was.")
    surrogates: Surrogates = Field(
        default="auto",
        description="Whether, for a `target` at hand, several kinds of models are tried and the one most like it is "
        "taken for the reference models: `always`, `never`, or `auto`, where nothing else tells how it was trained.",
    )
    attacker_recipe: dict[str, Any] = Field(
        default_factory=dict,
        description="Fields of the recipe in which the attacker's models, shadows and references, differ from the "
        "target.",
    )
    reference_recipe: dict[str, Any] = Field(
        default_factory=dict, description="Fields of the recipe in which reference models differ from shadows."
    )
    attacks: tuple[AttackConfig, ...] = Field(
        default=(), description="The attacks; by default all that apply to the evidence."
    )
    threshold: PluginConfig = Field(
        default=PluginConfig(name="best_accuracy"), description="The rule by which attacks choose their cut."
    )
    known_fraction: float = Field(
        default=0.1, gt=0, lt=1, description="Share of the records that attacks such as `kde` may know."
    )
    defence: PluginConfig | None = Field(default=None, description="The defence of the target.")
    defences: tuple[PluginConfig, ...] = Field(
        default=(), description="Defences to compare: each is audited, and so is a target without a defence."
    )
    attacker: Attacker | None = Field(
        default=None,
        description="`knows`: the attacker's own models have the target's defence; `unaware`: they have none. By "
        "default `unaware`, and both where defences are compared.",
    )
    seed: int = Field(default=0, ge=0, lt=2**63, description="Everything random follows from it.")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        default="auto", description="Where networks are trained; `auto` is CUDA where there is a GPU, else the CPU."
    )

    @model_validator(mode="after")
    def _defences_to_train(self) -> "AuditConfig":
        if self.defence is not None and self.defences:
            raise ValueError("expected either `defence`, of one audit, or `defences`, to compare several")
        if self.evidence is not None and (self.defence or self.defences):
            raise ValueError("`evidence` was collected already: leave `defence` and `defences` out")
        if self.attacker is not None and not (self.defence or self.defences):
            raise ValueError("`attacker` says who knows of a defence: it needs `defence` or `defences`")
        titles = [defence.title for defence in self.defences]
        if len(set(titles)) < len(titles):
            raise ValueError("`defences` names one of them twice")
        return self

    @model_validator(mode="after")
    def _one_source(self) -> "AuditConfig":
        sources = [self.evidence, self.target, self.dataset]
        if sum(source is not None for source in sources) != 1:
            raise ValueError("expected either `evidence: FILE`, or `target`, or `dataset`, `split` and `recipe`")
        if self.evidence is None and (self.nonmembers is not None or self.reading != Hints()):
            raise ValueError("`nonmembers` and `reading` are about files of predictions: they need `evidence`")
        if self.dataset is not None and (self.split is None or self.recipe is None):
            raise ValueError("a `dataset` needs a `split` and a `recipe` too")
        if self.evidence is not None and (self.split or self.recipe or self.reference_recipe or self.attacker_recipe):
            raise ValueError("`evidence` was collected already: leave `split` and all recipes out")
        return self

    @model_validator(mode="after")
    def _target_at_hand(self) -> "AuditConfig":
        if self.target is None:
            return self
        if self.defences or self.reference_recipe or self.attacker_recipe:
            raise ValueError("a `target` at hand takes none of `defences`, `attacker_recipe` and `reference_recipe`")
        if self.split is not None and (self.split.name != "pool" or set(self.split.options) - {"models", "shadows"}):
            raise ValueError("the records of a `target` are split already: expected `split: {name: pool, models: ...}`")
        return self

    @model_validator(mode="after")
    def _titles_apart(self) -> "AuditConfig":
        titles = [attack.title for attack in self.attacks]
        taken = [
            name
            for name in titles
            if name in COLUMNS or name.startswith(("signal.", "column.")) or name.endswith(".member")
        ]
        if taken:
            raise ValueError(f"an attack cannot be named {taken[0]!r}: scores.parquet has a column of that name")
        if len(set(titles)) < len(titles):
            raise ValueError("two attacks have the same name: give one of them a `name`")
        return self

    @property
    def files(self) -> tuple[Path, ...]:
        """The user's files that it names: the evidence, a model and its records, or the records of a data set."""
        named = None if self.dataset is None else self.dataset.options.get("path")
        records = Path(named) if isinstance(named, str) else None
        of_target = () if self.target is None else self.target.files
        return (*(path for path in (self.evidence, self.nonmembers, records) if path is not None), *of_target)

    def with_pool_of(self, models: int) -> "AuditConfig":
        """The configuration with another number of models in its pool; unchanged where nothing is trained."""
        split = PluginConfig(name="pool") if self.split is None and self.target is not None else self.split
        if split is None:
            return self
        options = {**split.options, "models": models}
        return self.model_copy(update={"split": PluginConfig.model_validate({"name": split.name, **options})})

    def as_dict(self) -> dict[str, Any]:
        """The configuration as plain values, which `load_config` can read."""
        return self.model_dump(mode="json", exclude_defaults=True)


def load_config(path: Path) -> AuditConfig:
    """Read a YAML file; paths in it are relative to it.

    Raises:
        UserError: there is no such file, it is not YAML, or a key is unknown, missing or wrong.
    """
    content = read_yaml(path, "a configuration with keys such as `target` or `dataset`, `split` and `recipe`")
    with about(path):
        return parse_config(content, path.parent)


def parse_config(content: dict[str, Any], folder: Path | None = None) -> AuditConfig:
    """Check a configuration; `folder` is what relative paths, of evidence or of a data set's file, start from."""
    try:
        config = AuditConfig.model_validate(content)
    except ValidationError as error:
        raise UserError(f"the configuration is wrong: {registry.explain(error, AuditConfig.model_fields)}") from None
    return config if folder is None else _resolved(config, folder)


def _resolved(config: AuditConfig, folder: Path) -> AuditConfig:
    changes: dict[str, Any] = {}
    if config.evidence is not None:
        changes["evidence"] = resolved(folder / config.evidence)
    if config.nonmembers is not None:
        changes["nonmembers"] = resolved(folder / config.nonmembers)
    if config.target is not None:
        changes["target"] = config.target.within(folder)
    changes["reading"] = config.reading.below(folder)
    if config.recipe is not None:
        changes["recipe"] = config.recipe.within(folder)
    if config.dataset is not None and isinstance(path := config.dataset.options.get("path"), str):
        options = {**config.dataset.options, "path": str(resolved(folder / path))}
        changes["dataset"] = PluginConfig.model_validate({"name": config.dataset.name, **options})
    return config.model_copy(update=changes)
