"""Says what would let an attack run that does not, in the terms of what the user has given."""

from typing import NamedTuple

from miaudit.attacks.base import Needs
from miaudit.auditing.request import Request
from miaudit.evidence import Evidence, Panel


class Ways(NamedTuple):
    """What the user can add to an audit, in words that name the option or the key."""

    models: str  # gives shadow and reference models
    population: str  # gives population records
    views: str  # gives further views of the records
    students: str  # gives students of the target and of the shadows


ASK = "ask about further views of each record: --views N, or `views` in a configuration (docs/views.md)"
TEACH = "train students: --students K, or `students` in a configuration (docs/references.md)"

UNKNOWN_RECIPE = Ways(
    models="say how the model was trained: --recipe FILE or --train FILE.py:FUNCTION, or `recipe` in a configuration",
    population="give records that no model saw: --population FILE, or `population` in a configuration",
    views=ASK,
    students=TEACH,
)
KNOWN_RECIPE = UNKNOWN_RECIPE._replace(
    models="train more reference models: --models N, or `split: {name: pool, models: N}` in a configuration"
)
TRAINED_HERE = Ways(
    models="let the `split` have more models, such as `{name: pool, models: 32}`",
    population="let the `split` have a share of the records as `population`",
    views=ASK,
    students=TEACH,
)
FROM_FILE = Ways(
    models="add outputs of models trained with and without the records (docs/evidence.md), or audit the model itself: "
    "miaudit audit MODEL --members FILE --nonmembers FILE",
    population="add rows that no model saw, with `population` in a column `panel` (docs/evidence.md)",
    views="add outputs on further views of the records (docs/evidence.md)",
    students="add outputs of students of the target and of the shadows (docs/evidence.md)",
)


def ways_of(request: Request) -> Ways:
    """What can be added to an audit whose model is at hand or trained here."""
    if request.target is None:
        return TRAINED_HERE
    return UNKNOWN_RECIPE if request.recipes is None else KNOWN_RECIPE


def unlock(needs: Needs, has: Needs, ways: Ways) -> str:
    """Say what would let an attack run; empty if none of the ways helps.

    Args:
        needs: what the attack needs.
        has: what the evidence has or will have.
        ways: what the user can add.

    Example:
        >>> unlock(Needs(population=True), Needs(), TRAINED_HERE)
        'let the `split` have a share of the records as `population`'
    """
    lacks_models = (
        needs.shadows > has.shadows
        or needs.out_references > has.out_references
        or needs.in_references > has.in_references
    )
    lacking = [
        lacks_models,
        needs.population and not has.population,
        needs.views and not has.views,
        needs.students and not has.students,
    ]
    return "; ".join(way for way, is_lacking in zip(ways, lacking, strict=True) if is_lacking)


def held(evidence: Evidence) -> Needs:
    """What the evidence holds, as `Needs` that can be compared with those of attacks."""
    panels = [evidence.audit, *evidence.shadows]
    counts = [_fewest(panel) for panel in panels if len(panel)]
    return Needs(
        shadows=len(evidence.shadows),
        out_references=min(outside for outside, _ in counts),
        in_references=min(inside for _, inside in counts),
        known=evidence.known is not None,
        population=evidence.population is not None,
        views=bool(evidence.audit.views),
        students=all(panel.has_students for panel in panels),
    )


def _fewest(panel: Panel) -> tuple[int, int]:
    """The fewest references trained without a record, and with it."""
    if panel.n_references == 0:
        return 0, 0
    inside = panel.in_reference.sum(axis=0)
    return int((panel.n_references - inside).min()), int(inside.min())
