"""A made-up audit with the shape of a real one: Gaussian scores, metrics by scikit-learn, intervals by Wald."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.metrics import precision_recall_curve, roc_auc_score, roc_curve

from miaudit.arrays import Bools, Floats
from miaudit.attacks.base import Means
from miaudit.auditing.convergence import measured
from miaudit.auditing.grouped import groupings
from miaudit.auditing.groups import Groups
from miaudit.auditing.result import (
    AttackResult,
    AuditResult,
    Controls,
    Convergence,
    Cost,
    Decision,
    Finding,
    Grouping,
    Provenance,
    TargetFacts,
    Verdict,
)
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.metrics.quantity import Quantity
from miaudit.report.charts.base import Audited

STRENGTHS = {
    "loss": 0.6,
    "calibrated": 1.0,
    "calibrated[signal=confidence]": 0.8,
    "lira": 1.5,
    "kde": 0.55,
    "two_stage": 1.1,
}
QUERIES = "Asks the target model for the probabilities of each record, and knows the record's label."
TRAINS = f"{QUERIES} Has data of the same kind and trains 8 reference models on it, with the target's recipe."
ADVERSARIES = {
    "loss": QUERIES,
    "kde": f"{QUERIES} Already knows 10 % of the training records and as many outsiders.",
    "two_stage": f"{TRAINS} Trains one shadow model to find the cuts.",
}
USED: dict[str, Means] = {"loss": "queries", "kde": "records", "two_stage": "shadows"}
PAPERS = {
    "loss": "Yeom et al., CSF 2018, arXiv 1709.01604",
    "lira": "Carlini et al., IEEE S&P 2022, arXiv 2112.03570",
}

PARAMS = {"lira": {"variance": "pooled", "mode": "offline"}, "kde": {"loss": "cross_entropy"}}
UNKNOWN = Quantity.unresolved(n=0, note="the truth is unknown")


@dataclass(frozen=True)
class Example:
    """What to make up."""

    members: int = 2000
    nonmembers: int = 2000
    strengths: dict[str, float] = field(default_factory=lambda: dict(STRENGTHS))
    truth: bool = True
    references: bool = True
    null_passed: bool = True
    grouped: bool = False  # by a made-up site, and with what `lira` finds with fewer models
    corrected: bool = False  # with findings, whose intervals are those of the attacks
    level: str = "leaks"
    description: str = "smallnet on digits, 1,000 training images, 60 epochs"

    def truths(self) -> Bools:
        """(n,) members first."""
        return np.arange(self.members + self.nonmembers) < self.members

    def scores(self) -> dict[str, Floats]:
        """Attack -> (n,), a shift between members and non-members by strength, sharper for a few members."""
        rng = np.random.default_rng(7)
        member = self.truths()
        memorised = member & (rng.random(len(member)) < 0.12)
        return {
            name: rng.normal(size=len(member)) + strength * member * 0.8 + 2.2 * strength * memorised
            for name, strength in self.strengths.items()
        }

    def table(self) -> pa.Table:
        """The scores table."""
        rng = np.random.default_rng(8)
        member, scores = self.truths(), self.scores()
        n = len(member)
        columns: dict[str, Any] = {
            "id": np.arange(n) + 10_000,
            "label": rng.integers(0, 10, n),
            "member": pa.array(member if self.truth else [None] * n, pa.bool_()),
        }
        for name, values in scores.items():
            columns |= {name: values, f"{name}.member": values > 2.2}
        hardness = -rng.gamma(0.9, 1.2, n)
        columns["signal.loss"] = np.minimum(hardness * np.where(member, 0.35, 1) + rng.normal(0, 0.1, n), 0)
        if self.references:
            columns["signal.reference_loss"] = hardness
        return pa.table(columns)

    def result(self) -> AuditResult:
        """The result that goes with the table."""
        scores = self.scores()
        return AuditResult(
            verdict=Verdict(
                level=self.level,
                headline="An attacker can tell many of the records this model was trained on",
                sentences=(
                    "The strongest attack, lira, finds 24 % of the members and wrongly accuses 1 % of the non-members.",
                    "Training accuracy is well above test accuracy, which is what such attacks feed on.",
                ),
            ),
            findings=self.findings() if self.corrected else (),
            target=TargetFacts(
                description=self.description,
                members=self.members if self.truth else 0,
                nonmembers=self.nonmembers if self.truth else 0,
                classes=10,
                train_accuracy=share(0.992, self.members),
                test_accuracy=share(0.921, self.nonmembers),
            ),
            attacks={name: self.attack(name, values) for name, values in scores.items()},
            groups=self.groups() if self.grouped else (),
            convergence=self.convergence() if self.grouped and "lira" in scores else (),
            skipped={"shadow": "needs at least one shadow model; the evidence has none"},
            controls=Controls(
                null={name: {"auc": quantity(0.497 + 0.004 * place, 0.03)} for place, name in enumerate(scores)},
                positive={name: {"auc": quantity(0.91 - 0.02 * place, 0.02)} for place, name in enumerate(scores)},
                null_passed=self.null_passed,
                positive_passed=True,
            ),
            cost=Cost(
                seconds={
                    "plan": 0.31,
                    "train": 48.2,
                    "signals": 3.9,
                    "attacks": 11.4,
                    "controls": 14.0,
                    "metrics": 2.2,
                },
                models_trained=18,
                models_cached=2,
                peak_memory_mb=911.4,
            ),
            provenance=Provenance(
                miaudit="0.1.0",
                git_commit="3f2a9c81d0",
                git_dirty=True,
                python="3.11.9",
                libraries={"numpy": "2.1.3", "scikit-learn": "1.5.2", "torch": "2.6.0"},
                machine="Linux x86_64, 2 cores",
                device="cpu",
                seed=0,
                data="sha256:9b1c4f0e7a",
                recipe={"model": "smallnet", "epochs": 60, "lr": 0.05},
                config={"dataset": {"name": "digits"}, "attacks": list(scores), "seed": 0},
            ),
        )

    def groups(self) -> tuple[Grouping, ...]:
        """Three sites, to which the records belong in turn."""
        of = np.arange(self.members + self.nonmembers) % 3
        return groupings(self.scores(), self.truths(), {"site": Groups(of, ("east", "north", "west"))}, 10)

    def convergence(self) -> tuple[Convergence, ...]:
        """What `lira` finds with 2, 4 and 8 models: the fewer, the noisier its scores."""
        scores = self.scores()["lira"]
        noise = np.random.default_rng(9).normal(size=len(scores))
        by_models = {models: scores + noise * (8 - models) / 8 for models in (2, 4, 8)}
        return (measured("lira", by_models, self.truths(), seed=0),)

    def findings(self) -> tuple[Finding, ...]:
        """What every attack found, the highest AUC first."""
        found = [self.attack(name, scores) for name, scores in self.scores().items()]
        numbers = [
            Finding(name=name, auc=attack.auc, tpr=attack.tpr_at_fpr["0.01"], epsilon=attack.epsilon)
            for name, attack in zip(self.strengths, found, strict=True)
        ]
        return tuple(sorted(numbers, key=lambda finding: -(finding.auc.value or 0.0)))

    def attack(self, name: str, scores: Floats) -> AttackResult:
        """One attack's part of the result."""
        rates = Rates(scores, self.truths()) if self.truth else None
        called, member = scores > 2.2, self.truths()
        return AttackResult(
            auc=rates.auc() if rates else UNKNOWN,
            balanced_accuracy=rates.balanced() if rates else UNKNOWN,
            tpr_at_fpr={fpr: rates.tpr(float(fpr)) if rates else UNKNOWN for fpr in ("0.01", "0.001", "0.0001")},
            precision_at_recall={at: rates.precision(float(at)) for at in ("0.2", "0.3", "0.5", "0.7")}
            if rates
            else {},
            epsilon=Quantity(value=1.9, low=1.21, high=None, n=self.members) if rates else UNKNOWN,
            decision=decision(called, member) if rates else Decision(rule="precision 0.9 on the shadow model", cut=2.2),
            params=PARAMS.get(name, {}),
            paper=PAPERS.get(name, "Watson et al., ICLR 2022, arXiv 2111.08440"),
            adversary=ADVERSARIES.get(name, TRAINS),
            means=USED.get(name, "references"),
            learned=kde_learned() if name == "kde" else two_stage_learned() if name == "two_stage" else {},
        )


@dataclass(frozen=True, eq=False)
class Rates:
    """Metrics of one attack's scores."""

    scores: Floats
    member: Bools

    def auc(self) -> Quantity:
        return quantity(float(roc_auc_score(self.member, self.scores)), 0.6 / np.sqrt(len(self.scores)))

    def balanced(self) -> Quantity:
        fpr, tpr, _ = roc_curve(self.member, self.scores)
        return quantity(float(np.max(tpr - fpr + 1) / 2), 0.02)

    def tpr(self, limit: float) -> Quantity:
        nonmembers = int(np.sum(~self.member))
        if nonmembers < 1 / limit:
            return untold(f"needs >= {1 / limit:,.0f} non-members, have {nonmembers:,}", nonmembers)
        fpr, tpr, _ = roc_curve(self.member, self.scores)
        return share(float(tpr[fpr <= limit].max()), int(nonmembers * limit) * 20)

    def precision(self, recall: float) -> Quantity:
        precision, reached, _ = precision_recall_curve(self.member, self.scores)
        return share(float(precision[reached >= recall].max()), 400)


def quantity(value: float, half: float) -> Quantity:
    return Quantity(value=value, low=max(value - half, 0), high=min(value + half, 1), n=1000)


def share(value: float, n: int) -> Quantity:
    half = 1.96 * np.sqrt(max(value * (1 - value), 1e-4) / max(n, 1))
    return Quantity(value=value, low=max(value - half, 0), high=min(value + half, 1), n=n)


def untold(note: str, n: int) -> Quantity:
    return Quantity.unresolved(n=n, note=note)


def decision(called: Bools, member: Bools) -> Decision:
    tp, fp = int(np.sum(called & member)), int(np.sum(called & ~member))
    return Decision(
        rule="precision of at least 0.9 on the shadow model",
        cut=2.2,
        tp=tp,
        fp=fp,
        tn=int(np.sum(~called & ~member)),
        fn=int(np.sum(~called & member)),
        recall=share(tp / int(member.sum()), int(member.sum())),
        precision=share(tp / (tp + fp), tp + fp) if tp + fp else None,
    )


def kde_learned() -> dict[str, Any]:
    grid = np.linspace(0, 3, 200)
    return {
        "grid": grid.tolist(),
        "density_members": (1.8 * np.exp(-1.8 * grid)).tolist(),
        "density_nonmembers": (0.9 * np.exp(-0.9 * grid)).tolist(),
        "kl_divergence": 0.1931,
        "confusion_sample": {"tp": 151, "fp": 92, "tn": 108, "fn": 49},
        "confusion_rest": {"tp": 1310.5, "fp": 880.0, "tn": 920.0, "fn": 489.5},
    }


def two_stage_learned() -> dict[str, Any]:
    return {
        "t0": -0.8123,
        "t1": 1.377,
        "beta": 0.42,
        "alpha": 0.9,
        "true_positives": 212,
        "false_positives": 19,
        "constraint_met": True,
    }


def audited(example: Example) -> Audited:
    """The example as the charts see it."""
    return Audited(example.result(), ScoredRecords.from_table(example.table(), tuple(example.strengths)))
