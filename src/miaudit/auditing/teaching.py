"""Decides how the students of a request are trained, and refuses requests that cannot have any."""

import numpy as np

from miaudit.attacks.base import Attack, ReadsMore
from miaudit.auditing.plan import Teaching, check_validation
from miaudit.auditing.request import Recipes, Request
from miaudit.auditing.viewed import shows_labels
from miaudit.errors import UserError
from miaudit.features.base import native
from miaudit.memory import check_memory
from miaudit.model_outputs import SCALARS
from miaudit.splits.base import Split
from miaudit.training.job import Method
from miaudit.training.student import StudentRecipe


def teaching_for(request: Request, recipes: Recipes | None, split: Split) -> Teaching | None:
    """How students are trained; None where none are wanted.

    Args:
        request: what is asked for.
        recipes: how the models are trained, with the defence.
        split: the roles of records and models, before models that no attack reads are left out.

    Raises:
        UserError: they are wanted, and the target's answers cannot be learned, or there is nothing to learn on.
    """
    count = request.wanted.students
    if not count:
        return None
    if count % 2:
        raise _refused(count, "expected an even number, since every two students share the records between them")
    if recipes is None or request.pool is None:
        raise _refused(
            count,
            "shadows are taken from a pool, and there is none: say how the model was trained (`recipe`), in a "
            "configuration with `split: {name: pool}`",
        )
    if not any(len(role.references) for role in split.shadows):
        raise _refused(count, "shadows need references, which a pool of 4 models or more has: raise `models`")
    _check_answers(request, count)
    network = recipes.shadow.network
    if network is None:
        raise _refused(
            count,
            f"only a network with a `recipe` learns from probabilities, and {recipes.shadow.title} is not one: leave "
            "`students` out, or give the `recipe` of a network",
        )
    if not isinstance(native(request.data.x), np.ndarray):
        raise _refused(count, "students learn on records that are one array of numbers: leave `students` out")
    recipe = StudentRecipe(base=network)
    check_validation(recipe, split.test)
    validation = split.test if recipe.needs_validation else None
    _check_memory(request, count, split)
    return Teaching(count, Method.of(recipe, request.data, request.device), request.wanted.seed, validation)


def reads_students(attack: Attack) -> bool:
    """Does the attack make anything of students?"""
    return attack.needs.students or (isinstance(attack, ReadsMore) and attack.helped_by.students)


def check_read(teaching: Teaching | None, attacks: dict[str, Attack]) -> None:
    """Raise UserError where there would be students, and none of these attacks (title -> attack) reads them."""
    if teaching is not None and not any(map(reads_students, attacks.values())):
        raise _refused(teaching.students, "none of the attacks reads them: add `ensemble` to `attacks`")


def _check_answers(request: Request, count: int) -> None:
    if request.kind in SCALARS:
        raise _refused(
            count, f"the target gives one {request.kind} per record, and students learn outputs of all classes"
        )
    if shows_labels(request):
        raise _refused(
            count, "the target shows labels only, and students learn its probabilities: leave `students` out"
        )


def _check_memory(request: Request, count: int, split: Split) -> None:
    """Refuse more answers to learn than fit into memory: of half of the records and all classes, for each student."""
    teachers = 1 + sum(len(role.references) > 0 for role in split.shadows)
    needed = 4.0 * count * teachers * (len(split.audited) / 2) * request.data.classes
    check_memory(
        needed, f"{count:,} students of each of {teachers:,} models", "lower `students`, or `shadows` of the pool"
    )


def _refused(count: int, why: str) -> UserError:
    return UserError(f"students={count}: {why}")
