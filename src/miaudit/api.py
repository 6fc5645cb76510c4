"""The Python entry: audit a model and its records in one call."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from miaudit.auditing.arguments import (
    GivenDefence,
    check_runner,
    check_settings,
    defence_from,
    seconds_from,
    students_from,
    views_from,
)
from miaudit.auditing.by_signal import form_of_classes, maker_from, request_by_signal, signal_from
from miaudit.auditing.chosen import GivenAttack, wanted_of
from miaudit.auditing.conductor import conduct
from miaudit.auditing.defended import DefenceInUse
from miaudit.auditing.execution import Execution, Reporter
from miaudit.auditing.exposed import MostExposed, most_exposed
from miaudit.auditing.files import REPORT, scores_table
from miaudit.auditing.from_model import GivenRecords, PoolSize, request_for
from miaudit.auditing.given_groups import GroupColumns, group_by_of, set_aside, with_columns
from miaudit.auditing.grouped import ALPHA
from miaudit.auditing.remarks import remarks
from miaudit.auditing.request import Request, Wanted
from miaudit.auditing.result import AuditResult
from miaudit.auditing.run import Finished
from miaudit.auditing.taught import recipe_from
from miaudit.config import Attacker
from miaudit.decisions.explain import explain
from miaudit.decisions.explanation import Explanation
from miaudit.decisions.exposed import ExposedRecords, exposed
from miaudit.decisions.gate import gate
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved import SavedAudit, open_audit
from miaudit.errors import UserError
from miaudit.forms import AskedAttacks, AskedForm, AskedViews, NumberForm, Surrogates
from miaudit.records.given import Records
from miaudit.report.card import audit_card
from miaudit.report.folder import write_folder
from miaudit.report.html import render, write_report
from miaudit.report.model_card import model_card
from miaudit.report.paper.tables import attack_numbers
from miaudit.report.trackers import tracker as find_tracker
from miaudit.running.base import Progress, Runner, silent
from miaudit.running.runners import open_runner
from miaudit.store.places import open_store
from miaudit.targets.predictions import Predictions
from miaudit.training.base import AnyRecipe
from miaudit.training.own_signal import OwnSignal


@dataclass(frozen=True, eq=False)
class Audit:
    """What `audit()` found: the result, and a table with one row per record."""

    result: AuditResult
    scores: pa.Table
    _finished: Finished

    def __repr__(self) -> str:
        target = self.result.target
        return (
            f"<Audit of {target.members:,} members and {target.nonmembers:,} non-members by "
            f"{len(self.result.attacks)} attacks: {self.result.verdict.level}>"
        )

    def __str__(self) -> str:
        lines = [self.result.verdict.headline, *self.result.verdict.sentences, ""]
        width = max((len(name) for name in self.result.attacks), default=0)
        lines += [f"{name:{width}}  AUC {attack.auc.text()}" for name, attack in self.result.attacks.items()]
        notes = remarks(self.result)
        return "\n".join([*lines, "", *notes] if notes else lines)

    def _repr_html_(self) -> str:
        """A compact card, which notebooks show."""
        return audit_card(self.result, self.scores)

    def table(self) -> pa.Table:
        """One row per attack: AUC, TPR at the low false-positive rates, each with its interval, and epsilon's bound."""
        return attack_numbers(self.result)

    def to_frame(self) -> Any:
        """The audited records as a pandas DataFrame, one row each, by their ids; raises UserError without pandas.

        Columns: `label`, `member`, for each attack its score and `ATTACK.member`, whether its cut calls the record a
        member, and signals of the target. `scores` holds the same as an Arrow table, which polars and others read.
        """
        try:
            import pandas as pd
        except ImportError:
            raise UserError("to_frame needs pandas, which is not installed: pip install 'miaudit[pandas]'") from None
        frame: pd.DataFrame = self.scores.to_pandas()
        return frame.set_index("id")

    def to_model_card(self) -> str:
        """A section for the model's card in Markdown: verdict, numbers, what they rest on and what they leave open."""
        return model_card(self.result)

    def log(self, tracker: str = "mlflow") -> str:
        """Log metrics, tags and a page without single records to an experiment tracker; returns the run's id.

        MLflow takes its active run, or makes one as its environment variables say. Raises UserError where the tracker
        is unknown, not installed or out of reach.
        """
        return find_tracker(tracker)(self._saved)

    def most_exposed(self, n: int = 20) -> MostExposed:
        """The n members that the strongest attack is surest of, with ties marked; none where no leak was found.

        It prints as a table, iterates over the members, and is converted by `to_arrow()` and `to_pandas()`.
        """
        return most_exposed(self.result, self.scores, n)

    def exposed(self, alpha: float = ALPHA) -> ExposedRecords:
        """The records that can be named at a precision of at least `alpha`, with the interval of their precision.

        Nobody is named where the audit found no leak. It prints as a table, iterates over the records, and is converted
        by `to_arrow()`.
        """
        return exposed(self._saved, alpha)

    def explain(self, record: int | str, alpha: float = ALPHA) -> Explanation:
        """Why the record with this id is exposed, or is not: the view of each attack, the decision, and the reasons."""
        return explain(self._saved, record, self._finished.gathered.evidence.audit, alpha)

    def gate(self, policy: str | Path | Policy = "strict", baseline: "Audit | str | Path | None" = None) -> GateResult:
        """Decide whether the audit keeps within a policy: pass, fail or cannot tell, for every rule and overall.

        Args:
            policy: a YAML file, the name of a ready-made policy, or a `miaudit.Policy`.
            baseline: an earlier audit or its folder, for a policy that limits the change from it.

        Raises:
            UserError: the policy is wrong, or asks for what the audit did not measure.

        Example:
            >>> assert miaudit.audit(model, members, nonmembers).gate("strict").passed  # doctest: +SKIP
        """
        earlier = baseline._saved if isinstance(baseline, Audit) else baseline
        earlier = open_audit(Path(earlier)) if isinstance(earlier, str | Path) else earlier
        return gate(self._saved, Policy.of(policy), earlier)

    @property
    def _saved(self) -> SavedAudit:
        return SavedAudit("this audit", self.result, self.scores)

    def to_html(self, path: str | Path | None = None, decision: GateResult | None = None) -> str:
        """The report as one page that needs no network; also written to `path` if one is given.

        The page shows the `decision`, what `gate` returned, if there is one.
        """
        page = render(self.result, self.scores, decision)
        if path is not None:
            write_report(self.result, self.scores, Path(path), decision)
        return page

    def save(self, folder: str | Path) -> Path:
        """Write result, scores, evidence, configuration and report to a folder; returns the report's path."""
        write_folder(self._finished, Path(folder))
        return Path(folder) / REPORT


def audit(
    target: Any,
    members: Records,
    nonmembers: Records,
    population: Records | None = None,
    *,
    validation: Records | None = None,
    recipe: AnyRecipe | Any | None = None,
    fit: Callable[..., Any] | str | None = None,
    surrogates: Surrogates = "auto",
    outputs: AskedForm | NumberForm = "auto",
    signal: Callable[..., Any] | str | None = None,
    attacks: Sequence[GivenAttack] | AskedAttacks = "auto",
    views: AskedViews = "auto",
    students: int = 0,
    models: int = 32,
    shadows: int = 16,
    known_fraction: float = 0.1,
    defence: GivenDefence | None = None,
    attacker: Attacker | None = None,
    seed: int = 0,
    store: str | Path | None = None,
    jobs: int | None = None,
    runner: str | Runner | None = None,
    device: str = "auto",
    budget: str | float | None = None,
    group_by: GroupColumns = (),
    min_group: int = 10,
    anytime: Callable[[Audit], None] | None = None,
    progress: Progress = silent,
) -> Audit:
    """Audit a trained model on records that it was trained on and records that it was not trained on.

    Args:
        target: a torch module, a fitted scikit-learn classifier, `Predictions`, or any object with
            `logits(x) -> (n, C)` and `description`.
        members: features x of n records and labels y (n,) of any kind, from the target's training data; or a source
            of both, such as a torch DataLoader or a folder of images (docs: Your records). Records are named by the
            index of the DataFrames or Series, after "members:" where both parts share a label, or by their places,
            such as "members:17". For `Predictions`, (None, y) or the labels alone suffice.
        nonmembers: records of the same distribution that the target was not trained on.
        population: more such records, for attacks that compare with a population.
        validation: records that no model or attack reads, for early stopping and for a `fit` that takes them.
        recipe: how the target was trained: a `miaudit.Recipe`, whose model is by default the target's architecture,
            or a classifier of which clones are fitted. Without it and without `fit`, a torch module's architecture is
            trained by the default recipe, a scikit-learn classifier's own parameters are used, and for all other
            models see `surrogates`.
        fit: your own training code instead of a recipe: a function train(x, y, seed) -> model, optionally with x_val
            and y_val, or where it is, such as "fit.py:train". The model may be anything that can be a target.
        surrogates: whether several kinds of models are tried and the one most like the target is taken for the
            reference models: "always", "never", or "auto", where nothing else shows how the target was trained and
            the records are at hand.
        outputs: what the target's answers are: "logits", "log_probabilities", "probabilities", "percent", "margins" or
            "labels", of all classes or of class 1 of two. "auto" finds out, and the report says what was found.
            Beside a `signal` of your own, "loss" says that lower fits better.
        signal: for models that are no classifiers, how well the model fits each record: a function
            fn(model, x, y) -> (n,) numbers, of which higher fits better, or where it is, such as "fit.py:fn";
            "regression" (minus the residual, the default for estimators that call themselves regressors); or
            "multi_label" (for y (n, k) of 0 and 1). The target may then be any object, and y anything that the signal
            reads, or None. Reference models are clones of an estimator (the target, or `recipe`), or trained by `fit`.
        attacks: names, attacks such as `Lira(mode="offline")`, or mappings as in a configuration; "auto" for the
            strongest that applies of each kind of attacker, "all" for all.
        views: how many further views of each record, such as shifted images, models are also asked about (docs: Views).
        students: number of students, even, to train for the target and for each shadow (docs: Better references).
        models: number of reference models in the pool, even.
        shadows: how many of them also stand as shadows.
        known_fraction: share of the other records that attacks such as `kde` may know when they judge a record.
        defence: the target's defence by name, as in a configuration, or itself, such as `ConfidenceMasking(top_k=1)`.
            One of the outputs is applied to what the target says, one of the training is how the target was trained.
        attacker: "knows" if the attacker's own models have the defence too; "unaware", the default, if not.
        seed: the seed of everything random.
        store: folder or URL of trained models; None for the folder `MIAUDIT_STORE` or one in the user's cache.
        jobs: number of processes that train, and then attack; None for one per core.
        runner: what trains the models: the address of a Ray cluster, `HOST:PORT` or "auto", or a runner of your own;
            None for this machine.
        device: where networks are trained: auto (CUDA if there is any, else the CPU), cpu, cuda or mps.
        budget: time that training may take, in seconds or such as "10m": the pool is made smaller to fit.
        group_by: columns by whose values every number is also given for each group: names of columns of the members'
            and non-members' tables, "label" for the class, or a dictionary of name -> (values of the members, values of
            the non-members) for columns that the model does not read.
        min_group: groups with fewer members or fewer non-members are not shown; 2 or more.
        anytime: called with a preliminary audit each time the pool of trained models has doubled.
        progress: called with the stage, how much of it is done, and of how much.

    Raises:
        UserError: the records do not fit together, an attack or the defence does not apply, or a model fails.

    Example:
        >>> found = miaudit.audit(forest, (x_train, y_train), (x_test, y_test), budget="5m")  # doctest: +SKIP
        >>> print(found)  # doctest: +SKIP
    """
    check_settings(models, shadows, known_fraction, seed, jobs, store, surrogates)
    records = GivenRecords(members, nonmembers, population, validation)
    groups = group_by_of(group_by, min_group)
    wanted = wanted_of(attacks, known_fraction, seed, groups, views_from(views), students_from(students))
    training = _Training(recipe, fit, surrogates, PoolSize(models, shadows), defence_from(defence, attacker), device)
    asked = _Asked(outputs, signal_from(target, signal, outputs, defence))
    request = _request(target, set_aside(records, target, group_by), wanted, training, asked, progress)
    request = with_columns(request, records, group_by)
    listener, seconds = Reporter(progress), seconds_from(budget)
    execution = Execution(open_store(store), _runner(jobs, runner), listener, seconds, anytime is not None)
    return _conducted(request, execution, anytime)


class _Training(NamedTuple):
    """What `audit()` is given about how the target was trained, and about the models to train."""

    recipe: Any
    fit: Callable[..., Any] | str | None
    surrogates: Surrogates
    pool: PoolSize
    defence: DefenceInUse
    device: str


class _Asked(NamedTuple):
    """What the target is asked for: outputs of classes or, where there is a signal, one number per record."""

    outputs: AskedForm | NumberForm
    signal: OwnSignal | None


def _request(
    target: Any, records: GivenRecords, wanted: Wanted, training: _Training, asked: _Asked, progress: Progress
) -> Request:
    recipe, fit, surrogates, pool, defence, device = training
    if asked.signal is not None:
        return request_by_signal(target, records, wanted, asked.signal, maker_from(recipe, fit), pool)
    how = recipe_from(recipe, fit)
    form = form_of_classes(asked.outputs)
    return request_for(target, records, wanted, how, pool, device, defence, form, progress, surrogates)


def _conducted(request: Request, execution: Execution, anytime: Callable[[Audit], None] | None) -> Audit:
    """The audit with all models; `anytime` is called with those before it."""
    for finished in conduct(request, execution):
        found = Audit(finished.result, scores_table(finished), finished)
        if anytime is not None and finished.result.preliminary is not None:
            anytime(found)
    return found


def _runner(jobs: int | None, runner: str | Runner | None) -> AbstractContextManager[Runner]:
    if runner is None or isinstance(runner, str):
        return open_runner(jobs, runner)
    check_runner(runner)
    return nullcontext(runner)


__all__ = ["Audit", "Predictions", "audit"]
