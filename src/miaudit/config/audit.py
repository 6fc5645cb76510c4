"""The keys of an audit's configuration, and which of them go together."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from miaudit.config.plugins import AttackConfig, PluginConfig
from miaudit.config.recipe import RecipeConfig
from miaudit.config.target import TargetConfig
from miaudit.forms import AskedAttacks, AskedStudents, AskedViews, ChosenBy, Surrogates
from miaudit.reading.hints import Hints

Attacker = Literal["unaware", "knows"]
Attacks = Annotated[  # told apart by their form, so that a mistake in a list is explained as such
    Annotated[tuple[AttackConfig, ...], Tag("form-list")] | Annotated[AskedAttacks, Tag("form-word")],
    Discriminator(lambda value: "form-word" if isinstance(value, str) else "form-list"),
]
PICTURE = "picture"
# The columns of scores.parquet, beside those of attacks.
COLUMNS = ("id", "position", "label", "class", "member", PICTURE)


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
        default=None,
        description="A second file, with predictions on non-members; `evidence` then holds those on members.",
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
    recipe: RecipeConfig | None = Field(default=None, description="How the target is trained, or was trained.")
    surrogates: Surrogates = Field(
        default="auto",
        description="Whether, for a `target` at hand, several kinds of models are tried and the one most like it is "
        "taken for the reference models: `always`, `never`, or `auto`, where nothing else shows how it was trained.",
    )
    attacker_recipe: dict[str, Any] = Field(
        default_factory=dict,
        description="Fields of the recipe in which the attacker's models, shadows and references, differ from the "
        "target.",
    )
    reference_recipe: dict[str, Any] = Field(
        default_factory=dict, description="Fields of the recipe in which reference models differ from shadows."
    )
    views: AskedViews = Field(
        default="auto",
        description="Number of further views of each record, such as shifted images, that every model is also asked "
        "about; `auto`: 8 where images are moved at random in training or the target gives labels only, unless its "
        "answers cost something; else 0.",
    )
    students: AskedStudents = Field(
        default=0,
        description="Number of students, even, to train for the target and for each shadow. A student learns what its "
        "teacher answers about half of the records; the attack `ensemble` reads students (docs/references.md). They "
        "need a `pool` of networks.",
    )
    attacks: Attacks = Field(
        default="auto",
        description="A list of attacks; `auto`: for each kind of attacker the strongest of miaudit's own that applies "
        "to the evidence (docs/which_attack.md); `all`: all that apply, those of other packages included. Before "
        "`auto` was the default, a configuration without this key ran all.",
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
    group_by: tuple[str, ...] = Field(
        default=(),
        description="Columns by whose values the numbers are also given for each group; `label` is the class.",
    )
    min_group: int = Field(
        default=10, ge=2, description="Groups with fewer members or fewer non-members than this are not shown."
    )
    seed: int = Field(default=0, ge=0, lt=2**63, description="Seed of everything random.")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        default="auto", description="Where networks are trained; `auto` is CUDA where there is a GPU, else the CPU."
    )

    @field_validator("attacks", mode="before")
    @classmethod
    def _attacks_listed(cls, value: Any) -> Any:
        if isinstance(value, str) and value not in get_args(AskedAttacks):
            raise ValueError(f"expected `auto`, `all` or a list of attacks such as [{value}], got {value!r}")
        if value in ([], ()):
            raise ValueError("expected at least one attack: leave `attacks` out for the usual ones")
        return value

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
        if self.evidence is not None and self.views not in ("auto", 0):
            raise ValueError("`evidence` was collected already: leave `views` out; the file may hold outputs on views")
        if self.evidence is not None and self.students:
            raise ValueError(
                "`evidence` was collected already: leave `students` out; the file may hold what students answer"
            )
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
        titles = [attack.title for attack in self.named_attacks]
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
    def named_attacks(self) -> tuple[AttackConfig, ...]:
        """The attacks that it lists; none where a word stands for them."""
        return () if isinstance(self.attacks, str) else self.attacks

    @property
    def chosen_by(self) -> ChosenBy:
        """Who chooses the attacks."""
        return self.attacks if isinstance(self.attacks, str) else "user"

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
        """The configuration as plain values, which `load_config` can read.

        Defaults are left out, except for the attacks: a later version may have another default.
        """
        plain = self.model_dump(mode="json", exclude_defaults=True)
        return {**plain, "attacks": plain.get("attacks", self.attacks)}
