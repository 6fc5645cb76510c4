"""Decides whether a finished audit keeps within a policy: pass, fail or cannot tell.

Every rule is checked for each attack and group. A check compares the ends of an interval with the limit, never the
measured value. Its two ends have confidences of their own:

- A fail takes one check, so the lower ends are corrected for the number of all checks (Bonferroni).
- A pass takes all checks, so a model beyond a limit can only pass if the very check of that limit errs. The upper ends
  need no correction (the intersection-union test: Berger, Technometrics 1982).

Without the correction, the ends are those of the two-sided intervals in the tables of the audit. So at a confidence of
95 %, a model within all limits fails with a chance of at most 2.5 %, and one beyond a limit passes with as little.
"""

from collections.abc import Collection
from typing import NamedTuple

from miaudit.auditing.result import AuditResult
from miaudit.decisions.conditions import HOW_TO_RUN, conditions
from miaudit.decisions.matching import match
from miaudit.decisions.outcomes import (
    Check,
    ConditionOutcome,
    GateResult,
    Outcome,
    RuleOutcome,
    decided,
    decided_overall,
    decided_rule,
    held_back,
    rule_line,
)
from miaudit.decisions.policy import Policy
from miaudit.decisions.rule import Part, Rule, ScoresAtHand, Sides, View
from miaudit.decisions.saved import MissingScoresError, SavedAudit
from miaudit.errors import UserError
from miaudit.messages import did_you_mean, listed, shortened
from miaudit.presenter import confidence

MEMBER = "member"  # the column of the truth in scores.parquet
BLIND = "none of these attacks found the leak that was built in"


class _Asked(NamedTuple):
    """A rule with the attacks and the groups that it is checked on."""

    rule: Rule
    attacks: tuple[str, ...]
    parts: tuple[Part, ...]


def gate(saved: SavedAudit, policy: Policy, baseline: SavedAudit | None = None) -> GateResult:
    """Decide on a finished audit.

    Args:
        saved: the audit, with its scores or, where the confidence of the stored intervals suffices, without them.
        policy: the limits and conditions.
        baseline: an earlier audit, with its scores; for rules on a change.

    Raises:
        UserError: the policy asks for an attack, a group or a confidence that the audit does not have, or for a
            baseline that is not given.

    Example:
        >>> from pathlib import Path
        >>> from miaudit.decisions.saved import open_audit
        >>> gate(open_audit(Path("audit")), Policy.of("strict")).outcome  # doctest: +SKIP
        'pass'
    """
    check_baseline(policy, baseline is not None)
    asked = [_Asked(rule, _attacks(saved, rule), rule.parts(saved)) for rule in policy.rules]
    view = View(saved, _scores(saved), None if baseline is None else match(baseline, saved))
    sides = _sides(policy, sum(len(each.attacks) * len(each.parts) for each in asked))
    rules = tuple(_rule(view, each, sides, policy.require.controls) for each in asked)
    return _decision(saved, policy, rules, None if baseline is None else baseline.result)


def gate_as_known(saved: SavedAudit, policy: Policy) -> GateResult:
    """Decide as far as the result alone allows: a rule that needs scores or a baseline cannot tell.

    Args:
        saved: an audit without its scores, such as one made for release.
        policy: the limits and conditions; without a group rule, what passes or fails does so by its scores as well.

    Raises:
        UserError: the policy limits an attack that the audit did not run.
    """
    view = View(saved._replace(scores=None), None, None)
    attacks = [_attacks(saved, rule) for rule in policy.rules]
    sides = _sides(policy, sum(map(len, attacks)))
    rules = []
    for rule, names in zip(policy.rules, attacks, strict=True):
        try:
            if rule.compares:
                raise MissingScoresError("a limit on a change needs the scores of both audits")
            asked = _Asked(rule, names, rule.parts(view.saved))
            rules.append(_rule(view, asked, sides, policy.require.controls))
        except MissingScoresError as error:
            rules.append(_untold(rule, saved, sides, str(error)))
    return _decision(saved, policy, tuple(rules), None)


def _sides(policy: Policy, checks: int) -> Sides:
    miss = (1.0 - policy.confidence) / 2.0
    return Sides(low=1.0 - miss / checks, high=1.0 - miss)


def _decision(
    saved: SavedAudit, policy: Policy, rules: tuple[RuleOutcome, ...], baseline: AuditResult | None
) -> GateResult:
    met = tuple(conditions(saved.result, policy.require, baseline))
    outcome = decided_overall(rules, met)
    return GateResult(
        outcome=outcome,
        reason=in_a_sentence(outcome, policy, rules, met),
        policy=policy,
        audit=saved.name,
        verdict=saved.result.verdict.headline,
        rules=rules,
        conditions=met,
    )


def _untold(rule: Rule, saved: SavedAudit, sides: Sides, why: str) -> RuleOutcome:
    """A rule of which nothing is known."""
    check = Check(
        attack="every attack",
        members=saved.result.target.members,
        nonmembers=saved.result.target.nonmembers,
        value=None,
        low=None,
        low_confidence=sides.low,
        high=None,
        high_confidence=sides.high,
        outcome="cannot_tell",
        note=why,
    )
    return RuleOutcome(title=rule.heading, limit=rule.limit, outcome="cannot_tell", checks=(check,))


def _attacks(saved: SavedAudit, rule: Rule) -> tuple[str, ...]:
    ran = saved.result.attacks
    if not ran:
        raise UserError(f"a gate needs attacks, and {saved.name} has none: run the audit again")
    for name in rule.attacks or ():
        if name not in ran:
            why = saved.result.skipped.get(name)
            reason = f": it was skipped ({why})" if why else f" ({did_you_mean(name, ran)}): {HOW_TO_RUN}"
            raise UserError(f"the policy limits the attack {shortened(name)}, which {saved.name} did not run{reason}")
    return rule.attacks or tuple(ran)


def check_baseline(policy: Policy, is_given: bool) -> None:
    """Raise UserError where the policy needs a baseline and none is given, or the other way round."""
    compares = any(rule.compares for rule in policy.rules)
    if compares and not is_given:
        raise UserError("the policy limits the change from a baseline: expected an earlier audit, by --baseline DIR")
    if is_given and not compares:
        raise UserError("a baseline is given, but no rule of the policy limits a change from it: leave --baseline out")


def check_attacks(policy: Policy, known: Collection[str]) -> None:
    """Raise UserError where the policy names an attack that is not `known`, so that an audit cannot run it."""
    limited = (name for rule in policy.rules for name in rule.attacks or ())
    for name in (*limited, *policy.require.attacks):
        if name not in known:
            raise UserError(
                f"the policy names the attack {shortened(name)}, which this audit does not run "
                f"({did_you_mean(name, known)}): {HOW_TO_RUN}"
            )


def _scores(saved: SavedAudit) -> ScoresAtHand | None:
    table = saved.scores
    if table is None:
        return None
    lacking = [name for name in (MEMBER, *saved.result.attacks) if name not in table.column_names]
    if lacking or table[MEMBER].null_count:
        what = f"a table without {listed(lacking)}" if lacking else "records whose membership is missing"
        raise UserError(f"expected scores of every attack, and the truth, in {saved.name}, got {what}: audit it again")
    return ScoresAtHand({name: table[name].to_numpy() for name in saved.result.attacks}, table[MEMBER].to_numpy())


def _rule(view: View, asked: _Asked, sides: Sides, controlled: bool) -> RuleOutcome:
    checks = tuple(_check(view, asked.rule, attack, part, sides) for attack in asked.attacks for part in asked.parts)
    is_blind = controlled and all(view.saved.result.controls.missed(attack) for attack in asked.attacks)
    note = BLIND if is_blind else ""
    return RuleOutcome(
        title=asked.rule.heading,
        limit=asked.rule.limit,
        outcome=held_back(decided_rule(checks), note),
        note=note,
        checks=checks,
    )


def _check(view: View, rule: Rule, attack: str, part: Part, sides: Sides) -> Check:
    ends = rule.ends(view, attack, part, sides)
    outcome = decided(ends.low, ends.high, rule.limit)
    is_open = outcome == "cannot_tell"
    return Check(
        attack=attack,
        group=part.group,
        members=part.members,
        nonmembers=part.nonmembers,
        value=ends.value,
        low=ends.low,
        low_confidence=ends.low_side,
        high=ends.high,
        high_confidence=ends.high_side,
        outcome=outcome,
        records_needed=rule.needed(ends, part) if is_open else None,
        note=ends.note if is_open else "",
    )


def in_a_sentence(
    outcome: Outcome, policy: Policy, rules: tuple[RuleOutcome, ...], met: tuple[ConditionOutcome, ...]
) -> str:
    """The decision in one sentence, with what decided it."""
    unmet = [condition for condition in met if not condition.met]
    same = [rule for rule in rules if rule.outcome == outcome]
    if outcome == "fail":
        return f"Fail: {rule_line(same[0])}."
    if outcome == "pass":
        limits = "the limit holds" if len(rules) == 1 else "all limits hold"
        return f"Pass: {limits} with {confidence(policy.confidence)} confidence."
    if unmet:
        return f"Cannot tell: {unmet[0].title}: {unmet[0].found}."
    return f"Cannot tell: {rule_line(same[0])}."
