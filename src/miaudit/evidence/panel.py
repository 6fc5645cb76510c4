"""`Panel`: a set of records with the outputs of models on them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Bools, Floats, Ints, read_only
from miaudit.errors import UserError
from miaudit.evidence.checks import NamedArray, check_flags, check_ids, check_labels, check_range, given_labels
from miaudit.evidence.outputs import Outputs
from miaudit.model_outputs import SCALARS, OutputKind, checked


@dataclass(frozen=True, eq=False)
class View:
    """Some models and some records of a table of outputs, as indices: nothing is copied."""

    outputs: Outputs
    models: Ints  # (M,) rows of the table
    records: Ints  # (n,) columns of the table

    @classmethod
    def whole(cls, outputs: Outputs) -> "View":
        """View all models of the table on all its records."""
        return cls(outputs, np.arange(outputs.models), np.arange(len(outputs.labels)))

    @property
    def labels(self) -> Ints:
        """Classes (n,) of the records, from 0."""
        return self.outputs.labels[self.records]

    def signal(self, name: str) -> Floats:
        """Compute a signal of every model on every record, (M, n) or (M, n, C), float64."""
        return self.outputs.signal(name, self.models, self.records)

    def select(self, records: Ints) -> "View":
        """View the same models on a subset of the records, given as positions within this view."""
        return replace(self, records=self.records[records])


class Augmented(NamedTuple):
    """Outputs of the models on another form of the panel's records (flipped, shifted), in the same order."""

    target: View
    references: View | None = None


class Students(NamedTuple):
    """Models that learned what the panel's target answers about some of its records, in place of the labels."""

    view: View  # K models
    taught: Bools  # (K, n) whether student k learned the target's answer about record i

    def changed(self, change: Callable[[View], View]) -> "Students":
        """Return the students with `change` applied to their view of a table."""
        return self._replace(view=change(self.view))


@dataclass(frozen=True, eq=False)
class Panel:
    """A set of n records with the outputs of models on them; `Panel.of` builds one from arrays.

    `member` is None for the records under audit, so that no attack can cheat even by accident. `ids` name records
    across panels: two panels with ids hold the same record where the ids agree; without ids all records are taken to
    be different. `views` are further forms of the same records that the models were also asked about. `students`
    learned what the panel's target answers; they are no references, and only attacks that know of them read them.
    """

    target_view: View  # one model: the model under attack, or the shadow that stands for it
    reference_view: View | None = None  # R models
    in_reference: Bools = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))  # (R, n)
    member: Bools | None = None  # (n,)
    ids: Ints | None = None  # (n,)
    views: tuple[Augmented, ...] = ()
    students: Students | None = None

    @classmethod
    def of(
        cls,
        target: npt.ArrayLike,
        labels: npt.ArrayLike | None = None,
        references: Sequence[npt.ArrayLike] | npt.NDArray[Any] = (),
        in_reference: npt.ArrayLike | None = None,
        member: npt.ArrayLike | None = None,
        ids: npt.ArrayLike | None = None,
        kind: OutputKind = "logits",
    ) -> "Panel":
        """Build a panel from plain arrays; all are checked, none is copied unless its type must change.

        Args:
            target: (n, C) outputs of the model under attack, or of the shadow model that stands for it; (n,) losses or
                scores.
            labels: (n,) classes of the records, from 0 to C - 1; none beside losses or scores.
            references: (R, n, C) outputs of the reference models, or R arrays (n, C); (R, n) losses or scores.
            in_reference: (R, n) true where reference r was trained on record i; None if no reference was trained on
                any of them.
            member: (n,) true where the target was trained on the record; None where this is not known.
            ids: (n,) whole numbers that name the records across panels.
            kind: "logits" or "probs", the form of all outputs; "loss" or "score" for one number per record.

        Raises:
            UserError: shapes do not fit together, labels or ids are not whole numbers, two records share an id, or
                outputs are not finite or not of that kind.

        >>> panel = Panel.of(target=[[2.0, 0.0], [0.0, 0.5]], labels=[0, 0], references=[[[1.0, 0.0], [-1.0, 0.0]]])
        >>> panel.target("scaled_logit"), panel.references("scaled_logit")
        (array([ 2. , -0.5]), array([[ 1., -1.]]))
        """
        y = read_only(check_labels(given_labels(labels, target, kind)))
        own = checked("target", target, kind, len(y)).values
        check_range("labels", y, own.shape[1])
        others = [checked(f"reference {r}", one, kind, *own.shape).values for r, one in enumerate(references)]
        if in_reference is None:
            inside = np.zeros((len(others), len(y) if others else 0), dtype=bool)
        else:
            inside = check_flags(NamedArray("in_reference", np.asarray(in_reference)), (len(others), len(y)))
        return cls(
            target_view=View.whole(Outputs(y, [read_only(own)], kind)),
            reference_view=View.whole(Outputs(y, [read_only(one) for one in others], kind)) if others else None,
            in_reference=read_only(inside),
            member=None
            if member is None
            else read_only(check_flags(NamedArray("member", np.asarray(member)), y.shape)),
            ids=None if ids is None else read_only(check_ids(NamedArray("ids", np.asarray(ids)), len(y))),
        )

    def __len__(self) -> int:
        return len(self.target_view.records)

    @property
    def labels(self) -> Ints:
        """Classes (n,) of the records, from 0."""
        return self.target_view.labels

    @property
    def n_references(self) -> int:
        """Number of reference models, R."""
        return 0 if self.reference_view is None else len(self.reference_view.models)

    @property
    def has_students(self) -> bool:
        """Tell whether every record has a student that learned the target's answer about it, and one that did not."""
        if self.students is None:
            return False
        taught = self.students.taught
        return bool((taught.any(axis=0) & ~taught.all(axis=0)).all())

    @property
    def has_outsiders(self) -> bool:
        """Tell whether every record has a reference model that was not trained on it."""
        return self.n_references > 0 and not bool(self.in_reference.all(axis=0).any())

    @property
    def has_insiders(self) -> bool:
        """Tell whether every record has a reference model that was trained on it."""
        return self.n_references > 0 and bool(self.in_reference.any(axis=0).all())

    @property
    def kind(self) -> OutputKind:
        """The kind of outputs that the model under attack gives."""
        return self.target_view.outputs.kind

    @property
    def n_classes(self) -> int:
        """Number of classes, C; 1 where the models are known by one number per record."""
        return int(self.target_view.outputs.values[0].shape[1])

    def target(self, signal: str) -> Floats:
        """Compute a signal of the model under attack, (n,) or (n, C)."""
        return self.target_view.signal(signal)[0]

    def references(self, signal: str) -> Floats:
        """Compute a signal of every reference model, (R, n) or (R, n, C); raises ValueError if there is none."""
        if self.reference_view is None:
            raise ValueError("this panel has no reference models")
        return self.reference_view.signal(signal)

    def each_view(self) -> tuple["Panel", ...]:
        """Return the panel as it is, then one panel for every further view of its records."""
        views = (Augmented(self.target_view, self.reference_view), *self.views)
        return tuple(replace(self, target_view=view.target, reference_view=view.references, views=()) for view in views)

    def without_views(self) -> "Panel":
        """Return the panel without further views of its records."""
        return replace(self, views=())

    def with_views(self, others: Sequence["Panel"]) -> "Panel":
        """Return the panel with further views of its records: panels of the same models on other forms of them."""
        views = tuple(Augmented(other.target_view, other.reference_view) for other in others)
        return replace(self, views=(*self.views, *views))

    def table_views(self) -> Iterator[View]:
        """Yield what the panel, its further views and its students see of tables of outputs."""
        for each in self.each_view():
            yield each.target_view
            if each.reference_view is not None:
                yield each.reference_view
        if self.students is not None:
            yield self.students.view

    def tables(self) -> Iterator[Outputs]:
        """Yield the tables of outputs behind the panel and its further views; one may come more than once."""
        return (view.outputs for view in self.table_views())

    def changed(self, change: Callable[[View], View]) -> "Panel":
        """Return the panel with `change` applied to each of its views of a table."""

        def if_any(view: View | None) -> View | None:
            return None if view is None else change(view)

        return replace(
            self,
            target_view=change(self.target_view),
            reference_view=if_any(self.reference_view),
            views=tuple(Augmented(change(view.target), if_any(view.references)) for view in self.views),
            students=None if self.students is None else self.students.changed(change),
        )

    def select(self, records: Ints) -> "Panel":
        """Return the panel over some of its records, given as positions."""
        chosen = self.changed(lambda view: view.select(records))
        students = chosen.students
        return replace(
            chosen,
            in_reference=self.in_reference[:, records] if self.n_references else self.in_reference,
            member=None if self.member is None else self.member[records],
            ids=None if self.ids is None else self.ids[records],
            students=None if students is None else students._replace(taught=students.taught[:, records]),
        )

    def hidden(self) -> "Panel":
        """Return the panel without its truth: what an attack may see of records under audit."""
        return replace(self, member=None)

    def with_members(self, member: Bools) -> "Panel":
        """Return the panel with the membership (n,) of its records."""
        return replace(self, member=member)

    def with_students(self, outputs: Sequence[npt.ArrayLike] | npt.NDArray[Any], taught: npt.ArrayLike) -> "Panel":
        """Return the panel with students of its target, which have learned its answers about some of the records.

        Args:
            outputs: (K, n, C) what K students answer about the panel's records, in the form of the target's outputs.
            taught: (K, n) true where student k learned the target's answer about record i.

        Raises:
            UserError: the target gives one number per record, the arrays do not fit the panel, or outputs are not
                finite or not of that kind.

        >>> panel = Panel.of(target=[[2.0, 0.0], [0.0, 0.5]], labels=[0, 0])
        >>> panel.with_students([[[1.0, 0.0], [0.0, 0.0]]], [[True, False]]).students.view.signal("scaled_logit")
        array([[1., 0.]])
        """
        if self.kind in SCALARS:
            raise UserError(f"students learn outputs of all classes; the target gives one {self.kind} per record")
        shape = len(self), self.n_classes
        values = [read_only(checked(f"student {k}", one, self.kind, *shape).values) for k, one in enumerate(outputs)]
        flags = check_flags(NamedArray("taught", np.asarray(taught)), (len(values), len(self)))
        view = View.whole(Outputs(self.labels, values, self.kind))
        return replace(self, students=Students(view, read_only(flags)) if values else None)

    def without_students(self) -> "Panel":
        """Return the panel without students."""
        return replace(self, students=None)

    def without_references(self) -> "Panel":
        """Return the panel without its reference models, further views and students."""
        return Panel(self.target_view, member=self.member, ids=self.ids)


Part = TypeVar("Part")


def required(part: Part | None) -> Part:
    """Return a part of the evidence that the attack needs, so that `check_needs` has found it there."""
    if part is None:
        raise ValueError("the evidence lacks what the attack needs: call check_needs first")
    return part
