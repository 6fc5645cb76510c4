"""Attack `ensemble`."""

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass
from sklearn.ensemble import HistGradientBoostingClassifier

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks._ensemble_features import RATIO_COLUMN, balanced_sides, directions, features, sides
from miaudit.attacks._mean_probability import base_ratio
from miaudit.attacks._odds import Dealt, Scorer, dealt, held_out, worth
from miaudit.attacks._offline import corrected_ratio, offline_a
from miaudit.attacks._pairs import pair_score, spread, teaches_pairs
from miaudit.attacks._shadows import members, sampled
from miaudit.attacks._temperature import DESCRIPTION, Temperature, temperature_of, tempered
from miaudit.attacks.base import STRICT, CrossFitted, Folds, Needs
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.panel import required
from miaudit.maths.draws import draw
from miaudit.maths.threads import single_threaded

Form = Literal["shadows", "pair", "ratio"]
SAMPLE = 20_000  # shadow records, at most, on which spreads are measured


class _Lesson(NamedTuple):
    """What the trees learn from: the records of all shadows."""

    features: Floats  # (m, F)
    member: Bools  # (m,)
    ids: Ints  # (m,) the same for the same record
    directions: list[int]  # (F,)
    online: bool  # are there features that need models trained on the record?
    shadows: int


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Ensemble:
    """What gradient-boosted trees make of the scores of the other attacks (miaudit's own).

    Features of a record: label, loss, scaled logit, calibrated loss, offline and online likelihood ratios (Gaussian and
    Student's t), ratio to the mean probability, gaps to the in-mean and the out-mean, and these means; where there are
    further views of the records, how the loss changes around the record, and ratios averaged over the views; where the
    target and the shadows have students, the means of those that learned the model's answer about the record and of
    those that did not, and the gaps to both. The trees learn on shadows, each with its own references; where the
    evidence is a pool, every shadow of the pool in turn. A higher score of another attack never lowers theirs. Features
    that need models trained on the record are left out where a record has none. Trees that learn on few shadows order
    the surest records poorly, so the ratio to the mean probability is added, in units of its spread and with weight
    1 / (1 + shadows), or half of that where no model was trained on the record. On a single shadow a quarter of the
    iterations is made, as more would fit that shadow alone. What such a score is worth, as a likelihood ratio, is
    estimated on shadow records that the trees did not learn from (Platt 1999).

    Where there are exactly two references, one of them trained on each record, and no shadow has references of its own,
    trees learn to tell which of the two references was trained on a record. They then compare the target with each
    reference. The score is the mean of their log odds plus twice the ratio, each in units of its spread between the
    references. The log odds count as far as what trees learn of one of the two models holds for the other, which they
    find out on records that they did not learn from: beside a model that has hardly learned anything, trees learn how
    the two models differ. Further views show them how the loss changes around the record, and the ratio is averaged
    over the views where that tells the two references apart better. Where no shadow has references and there is no such
    pair, or fewer than 100 records tell its two models apart, the score is the ratio alone.
    """

    paper: ClassVar[str] = "miaudit; after Shi et al. 2024 (learning to calibrate), Carlini et al. 2022"
    equation: ClassVar[str] = (
        "log odds of gradient-boosted trees on [y, log p_y, phi, calibrated, LiRA, BASE, means] + BASE / (1 + shadows)"
    )
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and trains a pool of models on data of "
        "the same distribution, which are shadows and references of each other."
    )
    learns: ClassVar[bool] = True

    temperature: Temperature = Field(default="auto", description=DESCRIPTION)
    trees: int = Field(
        default=200, ge=1, le=100_000, description="boosting iterations; a quarter of them on a single shadow"
    )
    learning_rate: float = Field(default=0.05, gt=0, le=1, description="weight of each further tree")
    leaves: int = Field(default=15, ge=2, le=65_536, description="most leaves of a tree")
    leaf: int = Field(default=100, ge=1, description="fewest shadow records in a leaf; at most a tenth of all")
    max_records: int = Field(
        default=100_000,
        ge=2,
        description="most shadow records that the trees learn from; drawn at random where there are more",
    )

    @property
    def needs(self) -> Needs:
        """One out-reference per record, and likelihoods, whose ratios are among the features."""
        return Needs(out_references=1, likelihoods=True)

    @property
    def helped_by(self) -> Needs:
        """Shadows to learn on, further views of the records, and students of the target and of the shadows."""
        return Needs(shadows=1, views=True, students=True)

    def assumes(self, evidence: Evidence) -> str:
        """What the attacker of these audited records is assumed to know, and to train beside a pool of models."""
        if self.form(evidence) != "shadows" or not _able(evidence).audit.has_students:
            return self.adversary
        return (
            f"{self.adversary} They also train students of the target and of the shadows: networks that learn what "
            "each of these answers about half of the records. The target is asked nothing more for that."
        )

    def settled(self, evidence: Evidence) -> "Ensemble":
        """The same attack with the temperature that it uses on this evidence."""
        return replace(self, temperature=self._temperature(evidence))

    def form(self, evidence: Evidence) -> Form:
        """What the score is made of: trees that learn on shadows, trees that learn on a pair, or the ratio alone."""
        if any(shadow.has_outsiders for shadow in evidence.shadows):
            return "shadows"
        return "pair" if teaches_pairs(evidence.audit) else "ratio"

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log odds of membership, plus the ratio, which counts the less the more shadows there are."""
        temperature = self._temperature(evidence)
        form = self.form(evidence)
        if form == "pair":
            return pair_score(evidence.audit, temperature, self.max_records, rng)
        if form == "ratio":
            return corrected_ratio(tempered(evidence.audit, temperature), offline_a("auto", evidence, temperature))
        return self._studied(_able(evidence), temperature, rng)[1]

    def cross_fitted(self, evidence: Evidence, s: int, folds: Folds, rng: np.random.Generator) -> CrossFitted:
        """Scores of the audited records and of records of shadow s that are held out, and what such a score is worth.

        All come from one lesson, whose features are computed once.
        """
        temperature = self._temperature(evidence)
        able = _able(evidence)
        lesson, scores = self._studied(able, temperature, rng)
        shadow = able.shadows[sum(each.has_outsiders for each in evidence.shadows[:s])]
        of_lesson, of_shadow = dealt(folds.number, [lesson.ids, required(shadow.ids)], rng)
        known, rows = (np.flatnonzero(fold < folds.judged) for fold in (of_lesson, of_shadow))
        judged = shadow.select(rows).hidden()
        asked = features(judged, sides(judged), lesson.online, temperature)  # the features that audited records have
        parts = Dealt(asked, of_shadow[rows]), Dealt(lesson.features[known], of_lesson[known])
        found, learnt = held_out(partial(self._scorer, lesson, rng=rng), of_lesson, parts, folds.judged)
        told = {
            "form": self.form(evidence),
            "temperature": temperature,
            "log_ratio": worth(learnt, lesson.member[known]),
        }
        return CrossFitted(scores, rows, found, told)

    def explain(self, evidence: Evidence, rng: np.random.Generator) -> dict[str, Any]:
        """The form of the score, and the temperature; `cross_fitted` also tells what a score is worth."""
        del rng
        return {"form": self.form(evidence), "temperature": self._temperature(evidence)}

    def _temperature(self, evidence: Evidence) -> float:
        return temperature_of(self.temperature, evidence, base_ratio)

    def _studied(self, evidence: Evidence, temperature: float, rng: np.random.Generator) -> tuple[_Lesson, Floats]:
        """The lesson, and scores (n,) of the audited records by trees that learned all of it."""
        lesson = self._lesson(evidence, temperature, rng)
        scorer = self._scorer(lesson, np.arange(len(lesson.member)), rng)
        return lesson, scorer(features(evidence.audit, sides(evidence.audit), lesson.online, temperature))

    def _lesson(self, evidence: Evidence, temperature: float, rng: np.random.Generator) -> _Lesson:
        shadows = [shadow for shadow in sampled(evidence, self.max_records, rng) if len(shadow)]
        chosen = [balanced_sides(shadow, rng) for shadow in shadows]
        online = all(sides(panel).both for panel in (evidence.audit, *evidence.shadows))
        known = [features(shadow, each, online, temperature) for shadow, each in zip(shadows, chosen, strict=True)]
        return _Lesson(
            np.concatenate(known),
            members(shadows),
            np.concatenate([required(shadow.ids) for shadow in shadows]),
            directions(evidence.audit, online),
            online,
            len(shadows),
        )

    def _scorer(self, lesson: _Lesson, rows: Ints, rng: np.random.Generator) -> Scorer:
        """Trees that learn on these rows of the lesson, and the ratio beside them."""
        known, member = lesson.features[rows], lesson.member[rows]
        trees = HistGradientBoostingClassifier(
            max_iter=self.trees if lesson.shadows > 1 else max(1, self.trees // 4),
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=max(1, min(self.leaf, len(member) // 10)),
            early_stopping=False,
            monotonic_cst=lesson.directions,
            random_state=int(rng.integers(2**31)),
        )
        sample = known[draw(rng, len(known), SAMPLE)]
        with single_threaded():
            trees.fit(known, member)
            unit = spread(trees.decision_function(sample))
        share = (1.0 if lesson.online else 0.5) / (1 + lesson.shadows)
        weight = share * unit / spread(sample[:, RATIO_COLUMN])

        def score(asked: Floats) -> Floats:
            if not len(asked):
                return np.zeros(0)
            with single_threaded():
                odds: Floats = trees.decision_function(asked)
            return odds + weight * asked[:, RATIO_COLUMN]

        return score


def _able(evidence: Evidence) -> Evidence:
    """The evidence with the shadows that the trees learn on, and with students where all of its panels have some."""
    able = replace(evidence, shadows=tuple(shadow for shadow in _named(evidence.shadows) if shadow.has_outsiders))
    everyone = all(panel.has_students for panel in (able.audit, *able.shadows))
    return able if everyone else able.each(Panel.without_students)


def _named(shadows: tuple[Panel, ...]) -> tuple[Panel, ...]:
    """The panels with names of their records; records of a panel without any are different from all others."""
    given = [shadow.ids for shadow in shadows if shadow.ids is not None]
    if len(given) == len(shadows):
        return shadows
    known = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *given]))
    ends = len(known) + np.cumsum([len(shadow) for shadow in shadows])
    return tuple(
        replace(
            shadow,
            ids=np.arange(end - len(shadow), end) if shadow.ids is None else np.searchsorted(known, shadow.ids),
        )
        for shadow, end in zip(shadows, ends, strict=True)
    )
