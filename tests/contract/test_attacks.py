"""What every attack must do, whatever it computes. Attacks are found by themselves."""

import json
import re
from dataclasses import fields, replace
from functools import cache
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import TypeAdapter

from miaudit import registry
from miaudit.arrays import Floats, read_only
from miaudit.attacks.base import Attack, Explains, HasOwnCut, Needs, ReadsMore, check_needs
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Outputs, Panel, View
from miaudit.evidence.panel import Augmented, required
from worlds import Form, World, as_numbers, auc, bare, gaussian_world, with_views

NAMES = registry.names("attacks")
FORMS: tuple[Form, ...] = get_args(Form)
NULL_N = 2000

attacks = pytest.mark.parametrize("name", NAMES)
forms = pytest.mark.parametrize("form", FORMS)


def attack(name: str) -> Attack:
    built: Attack = registry.build("attacks", name, {})
    return built


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@cache
def leaky(form: Form, views: bool) -> World:
    world = gaussian_world(rng(1), form=form, leak=3.0)
    return with_views(world, rng(6)) if views else world


@cache
def null(form: Form, views: bool) -> World:
    world = gaussian_world(rng(2), n=NULL_N, form=form, leak=0.0)
    return with_views(world, rng(7)) if views else world


@cache
def extreme(views: bool) -> World:
    """Logits of -800 ... 800: probabilities of 0 and 1, and losses beyond what a double can tell apart."""
    world = gaussian_world(rng(3), n=200, form="half", known=200)
    scaled = World(_scaled_evidence(world.evidence, 200.0), world.member)
    return with_views(scaled, rng(8)) if views else scaled


def sees_more(name: str) -> bool:
    """Does the attack need further views of the records? Only then has the evidence any."""
    return attack(name).needs.views


def applies(name: str, world: World) -> bool:
    """Whether the evidence has what the attack needs by default."""
    try:
        check_needs(name, attack(name), world.evidence)
    except UserError:
        return False
    return True


def scores_of(name: str, world: World) -> Floats:
    if not applies(name, world):
        pytest.skip("this form of evidence lacks what the attack needs")
    return attack(name).score(world.evidence, rng())


@cache
def scores_where_it_leaks(name: str, form: Form) -> Floats:
    return read_only(scores_of(name, leaky(form, sees_more(name))))


@forms
@attacks
def test_scores_are_one_finite_number_a_record(name: str, form: Form) -> None:
    scores = scores_where_it_leaks(name, form)
    assert scores.shape == leaky(form, sees_more(name)).member.shape
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()


@attacks
def test_every_attack_applies_to_evidence_that_has_everything(name: str) -> None:
    check_needs(name, attack(name), leaky("half", sees_more(name)).evidence)


@attacks
def test_extreme_outputs_give_finite_scores(name: str) -> None:
    scores = scores_of(name, extreme(sees_more(name)))
    assert np.isfinite(scores).all()
    assert auc(scores, extreme(sees_more(name)).member) > 0.5


@forms
@attacks
def test_members_score_higher_where_the_target_leaks(name: str, form: Form) -> None:
    assert auc(scores_where_it_leaks(name, form), leaky(form, sees_more(name)).member) > 0.6


@forms
@attacks
def test_nobody_wins_where_nothing_leaks(name: str, form: Form) -> None:
    """Under the null the AUC has mean 1/2 and standard deviation sqrt((n + 1) / (12 n_in n_out)) or less (ties)."""
    inside = NULL_N // 2
    deviation = np.sqrt((NULL_N + 1) / (12 * inside * inside))
    found = auc(scores_of(name, null(form, sees_more(name))), null(form, sees_more(name)).member)
    assert abs(found - 0.5) < 4 * deviation  # wrong in one of 16,000 runs


@forms
@attacks
def test_the_order_of_records_does_not_matter(name: str, form: Form) -> None:
    world = leaky(form, sees_more(name))
    order = rng(5).permutation(len(world.member))
    moved = replace(world.evidence, audit=world.evidence.audit.select(order))
    expected = scores_where_it_leaks(name, form)[order]
    np.testing.assert_allclose(attack(name).score(moved, rng(0)), expected, rtol=1e-6, atol=1e-9)


@attacks
def test_a_record_is_judged_by_itself(name: str) -> None:
    """Half of the audited records get the scores that they get among all, but for widths that all records share."""
    world = leaky("out", sees_more(name))
    few = np.arange(0, len(world.member), 2)
    part = replace(world.evidence, audit=world.evidence.audit.select(few))
    ranks, whole = (
        np.argsort(np.argsort(s)) for s in (attack(name).score(part, rng(0)), scores_where_it_leaks(name, "out")[few])
    )
    assert np.corrcoef(ranks, whole)[0, 1] > 0.999


@attacks
def test_the_same_generator_gives_the_same_scores(name: str) -> None:
    np.testing.assert_array_equal(scores_of(name, leaky("half", sees_more(name))), scores_where_it_leaks(name, "half"))


@forms
@attacks
def test_evidence_is_not_changed(name: str, form: Form) -> None:
    """Logits and signals are write-protected by the world; the small arrays are compared."""
    world = leaky(form, sees_more(name))
    before = _small_arrays(world.evidence)
    scores_of(name, world)
    for old, new in zip(before, _small_arrays(world.evidence), strict=True):
        np.testing.assert_array_equal(old, new)


@attacks
def test_what_is_declared_suffices(name: str) -> None:
    plugin = attack(name)
    lean = _only(leaky("half", sees_more(name)).evidence, plugin.needs)
    check_needs(name, plugin, lean)
    assert plugin.score(lean, rng(0)).shape == scores_where_it_leaks(name, "half").shape


@attacks
def test_nothing_is_read_that_is_not_declared(name: str) -> None:
    """An audit trains no models but for what attacks declare."""
    plugin, world = attack(name), leaky("half", sees_more(name))
    wanted = [plugin.needs, plugin.helped_by if isinstance(plugin, ReadsMore) else Needs()]
    everything = len(world.evidence.shadows)
    lean = _only(
        world.evidence,
        Needs(
            shadows=everything if any(needs.shadows for needs in wanted) else 0,
            out_references=max(needs.out_references for needs in wanted),
            in_references=max(needs.in_references for needs in wanted),
            known=plugin.needs.known,
            views=any(needs.views for needs in wanted),
            population=plugin.needs.population,
        ),
    )
    np.testing.assert_array_equal(plugin.score(lean, rng(0)), scores_where_it_leaks(name, "half"))


@attacks
def test_what_is_declared_is_asked_for(name: str) -> None:
    plugin = attack(name)
    needs = plugin.needs._replace(confidence=False)  # told by the target: in evidence, labels are certain probabilities
    for part in [part for part, wanted in needs._asdict().items() if wanted]:
        with pytest.raises(UserError, match=f"attack {name} needs"):
            check_needs(name, plugin, _without(leaky("half", sees_more(name)).evidence, part))


@attacks
def test_unknown_parameters_are_refused(name: str) -> None:
    with pytest.raises(UserError, match="there is no option 'wrong'"):
        registry.build("attacks", name, {"wrong": 1})


@attacks
def test_it_cannot_be_changed(name: str) -> None:
    plugin = attack(name)
    for field in fields(plugin):  # type: ignore[arg-type]
        with pytest.raises(AttributeError):
            setattr(plugin, field.name, None)
    assert plugin == attack(name)
    assert hash(plugin) == hash(attack(name))


@attacks
def test_it_says_what_it_is(name: str) -> None:
    """The first line ends with the paper in parentheses, by a name that is also in `paper`."""
    kind = registry.find("attacks", name)
    first = (kind.__doc__ or "").strip().splitlines()[0]
    assert first.endswith(").")
    assert _names(first[first.rindex("(") :]) & _names(kind.paper)
    for text in (kind.paper, kind.equation, kind.adversary):
        assert text
        assert text == text.strip()
    assert isinstance(kind.learns, bool)
    assert re.fullmatch(r"[A-Z][^.]*\.", kind.adversary), "expected one plain sentence"


@attacks
def test_parameters_are_described_and_plain(name: str) -> None:
    kind = registry.find("attacks", name)
    adapter = TypeAdapter(kind)
    for parameter, schema in adapter.json_schema().get("properties", {}).items():
        assert schema.get("description"), f"{parameter} has no description"
        assert _has_range(schema), f"{parameter} has no range"
    values = json.loads(json.dumps(adapter.dump_python(kind(), mode="json")))
    assert registry.build("attacks", name, values) == kind()


@forms
@attacks
def test_its_own_cut_and_explanation_are_plain(name: str, form: Form) -> None:
    world, plugin = leaky(form, sees_more(name)), attack(name)
    if not applies(name, world):
        pytest.skip("this form of evidence lacks what the attack needs")
    if isinstance(plugin, HasOwnCut):
        cut = plugin.cut(world.evidence, rng(0))
        assert np.isfinite(cut.value)
        assert cut.rule
    if isinstance(plugin, Explains):
        told = plugin.explain(world.evidence, rng(0))
        assert json.loads(json.dumps(told, allow_nan=False)) == told


def _names(text: str) -> set[str]:
    return set(re.findall(r"[A-Z]\w+|miaudit", text))


def _has_range(schema: dict[str, Any]) -> bool:
    """Numbers are bounded; choices are listed; truth values need nothing."""
    if "anyOf" in schema:
        return all(_has_range(part) for part in schema["anyOf"])
    if schema.get("type") in ("integer", "number"):
        return bool({"minimum", "exclusiveMinimum"} & set(schema))
    if schema.get("type") == "array":
        return "enum" in schema["items"]
    return schema.get("type") in ("boolean", "null") or bool({"enum", "const"} & set(schema))


def _small_arrays(evidence: Evidence) -> list[np.ndarray[Any, Any]]:
    panels = [evidence.audit, *evidence.shadows, evidence.known, evidence.population]
    kept = [panel for panel in panels if panel is not None]
    arrays = [(p.labels, p.in_reference, p.member, p.ids, p.target_view.records) for p in kept]
    return [np.array(array) for group in arrays for array in group if array is not None]


def _only(evidence: Evidence, needs: Needs) -> Evidence:
    """The least evidence that meets the needs."""
    references = needs.out_references or needs.in_references

    def lean(panel: Panel) -> Panel:
        if references:
            return panel
        kept = tuple(Augmented(view.target) for view in panel.views) if needs.views else ()
        return replace(bare(panel), views=kept)

    return Evidence(
        audit=lean(evidence.audit),
        shadows=tuple(lean(shadow) for shadow in evidence.shadows[: needs.shadows]),
        known=evidence.known if needs.known else None,
        population=lean(required(evidence.population)) if needs.population else None,
    )


def _without(evidence: Evidence, part: str) -> Evidence:
    """The evidence without one of the parts that `Needs` names."""
    if part == "shadows":
        return replace(evidence, shadows=())
    if part == "known":
        return replace(evidence, known=None)
    if part == "population":
        return replace(evidence, population=None)
    if part == "views":
        return replace(evidence, audit=replace(evidence.audit, views=()))
    if part in ("classes", "likelihoods"):
        return replace(evidence, audit=as_numbers(evidence, "score").audit)
    inside = np.full_like(evidence.audit.in_reference, part == "out_references")
    return replace(evidence, audit=replace(evidence.audit, in_reference=inside))


def _scaled_evidence(evidence: Evidence, factor: float) -> Evidence:
    def scaled(panel: Panel) -> Panel:
        views = [panel.target_view, panel.reference_view]
        target, references = [None if view is None else _scaled_view(view, factor) for view in views]
        assert target is not None
        return replace(panel, target_view=target, reference_view=references)

    return Evidence(
        audit=scaled(evidence.audit),
        shadows=tuple(scaled(shadow) for shadow in evidence.shadows),
        known=None if evidence.known is None else scaled(evidence.known),
        population=None if evidence.population is None else scaled(evidence.population),
    )


def _scaled_view(view: View, factor: float) -> View:
    table = view.outputs
    return replace(view, outputs=Outputs(table.labels, [read_only(logits * factor) for logits in table.values]))
