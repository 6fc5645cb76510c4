"""The contract of an attack, and the check of its needs."""

from typing import Any, ClassVar, Literal, NamedTuple, Protocol, get_args, runtime_checkable

import numpy as np
from pydantic import ConfigDict

from miaudit.arrays import Bools, Floats, Ints
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Panel
from miaudit.maths.counts import above
from miaudit.model_outputs import SCALARS, OutputKind

STRICT = ConfigDict(extra="forbid", strict=False)  # unknown hyper-parameters are refused


Means = Literal["queries", "records", "references", "shadows"]  # what an attacker must have, from little to much
MEANS: tuple[Means, ...] = get_args(Means)


class Needs(NamedTuple):
    """What must be in the evidence for an attack to run."""

    shadows: int = 0  # shadow panels with known members
    out_references: int = 0  # reference models not trained on the record, for every record
    in_references: int = 0  # reference models trained on the record, for every record
    known: bool = False  # records of the target with known membership
    population: bool = False  # records seen by no audited model
    classes: bool = False  # an output for every class: a loss or a score does not suffice
    likelihoods: bool = False  # probabilities or losses: a score of unknown unit does not suffice
    confidence: bool = True  # how sure the target is: its label alone does not suffice
    views: bool = False  # further views of the records
    students: bool = False  # students of the target and of every shadow, each on half of the records

    @property
    def means(self) -> Means:
        """The most costly thing that an attacker must have to meet these needs, beside access to the target."""
        if self.shadows:
            return "shadows"
        if self.out_references or self.in_references:
            return "references"
        return "records" if self.known or self.population else "queries"


class Cut(NamedTuple):
    """A decision rule: records with a score strictly above `value`, or above their class's own, are called members."""

    value: float
    rule: str  # how it was chosen, in words
    constraint_met: bool = True
    by_class: tuple[tuple[int, float], ...] = ()  # classes with a cut of their own

    def above(self, scores: Floats, labels: Ints) -> Bools:
        """Which of the records (n,) are called members."""
        return above(scores, labels, self.value, self.by_class)


class Attack(Protocol):
    """A frozen pydantic dataclass whose fields are the hyper-parameters. No state, no fit.

    The docstring's first line says what it measures and names the paper.
    """

    paper: ClassVar[str]  # author, venue, arXiv id
    equation: ClassVar[str]  # the score, as in the paper
    adversary: ClassVar[str]  # what the attacker is assumed to know, in plain words
    learns: ClassVar[bool]  # trains a classifier on the shadows: thresholds then need cross-fitting

    @property
    def needs(self) -> Needs:
        """What this attack with these hyper-parameters reads."""

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) for evidence.audit, finite, higher = more likely a member."""


@runtime_checkable
class HasOwnCut(Protocol):
    """An attack that brings its own decision rule."""

    def cut(self, evidence: Evidence, rng: np.random.Generator) -> Cut:
        """The cut on its score that the attack itself chooses."""


@runtime_checkable
class ReadsMore(Protocol):
    """An attack that also makes use of evidence which it does not need."""

    @property
    def helped_by(self) -> Needs:
        """Optional evidence that makes the attack stronger, beyond what it needs."""


@runtime_checkable
class Assumes(Protocol):
    """An attack whose attacker has other means in one audit than in another."""

    def assumes(self, evidence: Evidence) -> str:
        """What the attacker of these audited records is assumed to know, in plain words; `adversary` names all ways."""


@runtime_checkable
class Settles(Protocol):
    """An attack that chooses some of its hyper-parameters on the shadows."""

    def settled(self, evidence: Evidence) -> "Attack":
        """The same attack with the hyper-parameters that it chooses on this evidence."""


class Folds(NamedTuple):
    """How records are dealt at random, so that each is scored by a classifier that did not learn from it."""

    number: int  # of equal parts of the records
    judged: int  # the first so many are held out, one after the other; the records of the others are not scored


class CrossFitted(NamedTuple):
    """What an attack that learns finds in one go."""

    scores: Floats  # (n,) of the audited records: the very ones that `score` gives
    rows: Ints  # (m,) records of one shadow, as positions
    held_out: Floats  # (m,) their scores, each by a classifier that did not learn from the record
    learned: dict[str, Any]  # thresholds, counts, weights: plain JSON values


@runtime_checkable
class CrossFits(Protocol):
    """An attack that learns, and shares much of its work between its scores and those of a shadow."""

    def cross_fitted(self, evidence: Evidence, s: int, folds: Folds, rng: np.random.Generator) -> CrossFitted:
        """Score the audited records and those of shadow s that are held out when they are dealt in this way."""


@runtime_checkable
class HasForms(Protocol):
    """An attack whose score is another one, on another scale, where the evidence holds less."""

    def form(self, evidence: Evidence) -> str:
        """The form of the score on this evidence: cuts hold for scores of the same form."""


@runtime_checkable
class Explains(Protocol):
    """An attack that can explain what it learned."""

    def explain(self, evidence: Evidence, rng: np.random.Generator) -> dict[str, Any]:
        """Thresholds, counts, weights: plain JSON values."""


def check_needs(name: str, attack: Attack, evidence: Evidence) -> None:
    """Check that the evidence holds all that the attack needs.

    Args:
        name: the attack's name, for messages.
        attack: the attack.
        evidence: the evidence that it would read.

    Raises:
        UserError: something is missing; the message names the first such thing.
    """
    needs = attack.needs
    lacking = lacking_outputs(needs, evidence.audit.kind)
    if lacking is not None:
        raise UserError(f"attack {name} {lacking}")
    if len(evidence.shadows) < needs.shadows:
        raise UserError(
            f"attack {name} needs {needs.shadows} shadow panel(s) with known members; "
            f"the evidence has {len(evidence.shadows)}"
        )
    if needs.known and evidence.known is None:
        raise UserError(
            f"attack {name} needs records of the target whose membership is known (panel 'known'); "
            "the evidence has none"
        )
    if needs.population and evidence.population is None:
        raise UserError(
            f"attack {name} needs population records that no audited model saw (panel 'population'); "
            "the evidence has none"
        )
    if needs.views and not evidence.audit.views:
        raise UserError(f"attack {name} needs further views of the records; the evidence has none")
    if needs.students and evidence.audit.students is None:
        raise UserError(f"attack {name} needs students of the target; the evidence has none")
    panels = [("the audited records", evidence.audit)]
    if needs.shadows:
        panels += [(f"shadow {s}", shadow) for s, shadow in enumerate(evidence.shadows)]
    for where, panel in panels:
        _check_references(name, where, panel, needs)


def lacking_outputs(needs: Needs, kind: OutputKind) -> str | None:
    """What the models' outputs of this kind lack for an attack with these needs, in words; None if nothing."""
    if needs.classes and kind in SCALARS:
        return f"needs an output for every class; the evidence has one {kind} for each record"
    if needs.likelihoods and kind == "score":
        return "needs likelihoods; a score has a unit of its own: if its negative is a loss of 0 or more, give the loss"
    return None


def _check_references(name: str, where: str, panel: Panel, needs: Needs) -> None:
    wanted = {"without": needs.out_references, "with": needs.in_references}
    if not any(wanted.values()) or len(panel) == 0:
        return
    if panel.n_references == 0:
        raise UserError(f"attack {name} needs reference models on {where}; the evidence has none")
    inside = panel.in_reference.sum(axis=0)
    counts = {"without": panel.n_references - inside, "with": inside}
    for kind, least in wanted.items():
        worst = int(np.argmin(counts[kind]))
        if counts[kind][worst] < least:
            record = worst if panel.ids is None else int(panel.ids[worst])
            verb = "leave out" if kind == "without" else "contain"
            raise UserError(
                f"attack {name} needs {least} reference model(s) trained {kind} each record; on {where}, "
                f"{counts[kind][worst]} of {panel.n_references} {verb} record {record}"
            )
