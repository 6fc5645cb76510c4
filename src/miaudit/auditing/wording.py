"""The sentences of a verdict. They quote corrected intervals, except where they say otherwise."""

from collections.abc import Sequence

from miaudit.auditing.findings import LOW_FPR
from miaudit.auditing.result import BlindBaseline, Controls, Finding, Verdict
from miaudit.presenter import count, epsilon, number, quantity, share

NAMED = 3  # most differing columns that a sentence names


def no_leak(widest: float, tried: int, references_unlike: bool) -> Verdict:
    """The verdict where no attack that could have seen a leak found one, and there were enough records."""
    return Verdict(
        level="references_unlike" if references_unlike else "no_leak_found",
        headline="No leak found, but the reference models do not resemble the target."
        if references_unlike
        else "No leak found by these attacks.",
        sentences=(
            f"None of {tried} attacks distinguished members from non-members better than guessing. With this many "
            f"records, an attack that is right in more than {_beyond_guessing(widest)} of comparisons would have been "
            "noticed.",
            "This does not prove the model safe: a stronger attack, or more reference models, may still find a leak.",
        ),
    )


def _beyond_guessing(widest: float) -> str:
    """A share of comparisons, with as many digits as tell it from one half.

    >>> _beyond_guessing(0.5849), _beyond_guessing(0.505)
    ('58 %', '50.50 %')
    """
    return share(widest, 2 if widest <= 0.505 else 0)


def too_few(widest: float) -> Verdict:
    """The verdict where nothing was found, but there are too few records to rule out a leak."""
    return Verdict(
        level="too_few_records",
        headline="Too few records to tell.",
        sentences=(
            "No attack did better than guessing, but with so few records an attack could be right in "
            f"{share(widest, 0)} of comparisons between a member and a non-member and still look like chance.",
            "Audit more records, especially non-members, before calling the model safe.",
        ),
    )


def weak_signs(found: Sequence[Finding], controls: Controls, records: int) -> Verdict:
    """The verdict where an attack beats guessing more clearly than chance does, but not clearly enough for a leak."""
    signs = [(finding, finding.sign) for finding in found if finding.sign is not None and finding.sign.clear]
    best, sign = min(signs, key=lambda each: each[1].records)
    by_auc = (sign.auc.low or 0.0) > 0.5
    measure, alone, together = ("AUC", sign.auc, best.auc) if by_auc else ("TPR at 1 % FPR", sign.tpr, best.tpr)
    guess, unasked = (0.5, controls.auc_unasked) if by_auc else (LOW_FPR, controls.tpr_unasked(LOW_FPR))
    beats_guessing = (together.low or 0.0) > guess
    return Verdict(
        level="weak_signs",
        headline="Weak signs of a leak, but the reference models do not resemble the target."
        if controls.references_unlike
        else "Weak signs of a leak; more records would settle it.",
        sentences=(
            f"{len(signs)} of {len(found)} attacks did better than guessing, and more clearly than any attack does in "
            "nine of ten audits where nothing leaks.",
            f"The clearest sign is {best.name}'s {measure} of {quantity(alone).text()} at 95 % confidence for this "
            "attack alone. Corrected for the number of attacks, the interval is "
            f"{number(together.low)} to {number(together.high)}. {_compared(beats_guessing, unasked)}",
            "More records would tell a leak from a small difference between members and non-members."
            if beats_guessing
            else f"If the sign is as strong as it looks, an audit of about {count(sign.records)} records (this one has "
            f"{count(records)}) would confirm it four times out of five; if it is chance, it will fade.",
        ),
    )


def _compared(beats_guessing: bool, unasked: float) -> str:
    if not beats_guessing:
        return "That is not clearly more than guessing."
    return (
        f"That is more than guessing, but not clearly more than the {number(unasked)} of an attacker who never asks "
        "the model."
    )


def with_chance(answer: Verdict, found: Sequence[Finding]) -> Verdict:
    """The verdict with a sentence on attacks whose own intervals lie above guessing, as chance often has it."""
    signs = [finding.name for finding in found if finding.sign is not None]
    if not signs:
        return answer
    said = (
        f"By itself, {signs[0]} would be"
        if len(signs) == 1
        else f"Each by itself, {len(signs)} attacks ({', '.join(signs)}) would be"
    )
    chance = f"{said} better than guessing at 95 % confidence; among {len(found)} attacks, chance often shows as much."
    first, *rest = answer.sentences
    return answer.model_copy(update={"sentences": (first, chance, *rest)})


def leaks(proven: Sequence[Finding], found: Sequence[Finding], members: int) -> Verdict:
    """The verdict on a leak where the records of members and non-members show no difference."""
    best = proven[0]
    sentences = [
        f"{len(proven)} of {len(found)} attacks distinguish members from non-members better than guessing"
        f"{_by_measure(proven)}. {_overall(best)}"
    ]
    sharp = [finding for finding in proven if finding.tpr.value is not None and (finding.tpr.low or 0.0) > LOW_FPR]
    if sharp:
        sharpest = max(sharp, key=lambda finding: finding.tpr.low or 0.0)  # as among the key numbers
        recognised = (sharpest.tpr.value or 0.0) * members
        sentences.append(
            f"If at most 1 in 100 non-members may be wrongly accused, {sharpest.name} recognises "
            f"{share(sharpest.tpr.value)} of the members (at least {share(sharpest.tpr.low)}; guessing: 1 %): "
            f"about {count(round(recognised))} of {count(members)}."
        )
    bound = max((finding.epsilon.low or 0.0) for finding in found)
    if bound > 0:
        sentences.append(
            "If members were drawn at random, training was not (epsilon, 0)-differentially private for any epsilon "
            f"below {epsilon(bound)} (95 % confidence for all attacks together; the tables give a bound for each "
            "attack alone)."
        )
    return Verdict(level="leaks", headline="The model leaks who was in its training data.", sentences=tuple(sentences))


def _by_measure(proven: Sequence[Finding]) -> str:
    """How many of the attacks show the leak by which measure; empty where all show it by the AUC alone."""
    by_auc = [finding for finding in proven if (finding.auc.low or 0.0) > 0.5]
    by_tpr = [finding for finding in proven if (finding.tpr.low or 0.0) > LOW_FPR]
    rest = [finding for finding in proven if finding not in by_auc and finding not in by_tpr]
    if len(by_auc) == len(proven) and not by_tpr:
        return ""
    both = sum(finding in by_auc for finding in by_tpr)
    some = ", counted already" if both == len(by_tpr) else f", {count(both)} of them counted already"
    names = ", ".join(finding.name for finding in rest)
    parts = [
        (by_auc, "over all records (AUC)"),
        (by_tpr, f"at 1 % false alarms (TPR){some if both else ''}"),
        (rest, f"by the bound on epsilon alone ({names}), which also counts outsiders that are recognised"),
    ]
    counted = "; ".join(f"{len(those)} {where}" for those, where in parts if those)
    return f": {counted}. These counts rest on intervals for all attacks together, wider than those in the tables"


def _overall(best: Finding) -> str:
    """A sentence on what the strongest attack finds over all records, which may hide that a few records leak."""
    if (best.auc.low or 0.0) > 0.5:
        return (
            f"The strongest, {best.name}, ranks a random member above a random non-member in "
            f"{share(best.auc.value)} of comparisons (at least {share(best.auc.low)}; guessing: 50 %)."
        )
    return (
        f"Only a few members are shown to leak: over all records {best.name} has an AUC of {number(best.auc.value)} "
        f"({number(best.auc.low)} to {number(best.auc.high)}; guessing: 0.5)."
    )


def leaks_beyond(proven: Sequence[Finding], controls: Controls) -> Verdict:
    """The verdict on a leak that goes beyond a difference between members and non-members.

    Neither a share of members recognised nor an epsilon is quoted: the difference would inflate both.
    """
    best = max(proven, key=lambda finding: controls.beyond[finding.name].auc.value or 0.0)
    beside = controls.beyond[best.name]
    drawn = "" if beside.drawn_at_random is None else f" (AUC {quantity(beside.drawn_at_random).text()})"
    return Verdict(
        level="leaks",
        headline="The model leaks who was in its training data, even allowing for how members and non-members differ.",
        sentences=(
            *_difference(controls),
            f"{len(proven)} of the attacks find more than that. {best.name} has an AUC of {number(best.auc.value)}, "
            f"which is {number(beside.auc.value)} higher than without asking the model ({number(beside.auc.low)} to "
            f"{number(beside.auc.high)}). It also finds the members of a model that was trained on records drawn at "
            f"random{drawn}.",
            "Only this lead is leakage. The rest of what the attacks find is the difference between members and "
            "non-members.",
        ),
    )


def distribution_shift(found: Sequence[Finding], controls: Controls) -> Verdict:
    """The verdict where members and non-members differ, and no attack is shown to find more than that."""
    best = found[0]
    return Verdict(
        level="distribution_shift",
        headline="Members and non-members differ, and leakage cannot be separated from that difference.",
        sentences=(
            *_difference(controls),
            f"The strongest attack, {best.name}, has an AUC of {number(best.auc.value)} ({number(best.auc.low)} to "
            f"{number(best.auc.high)}). {_lead(controls, best.name)}",
            "To measure leakage, use non-members that were set aside at random, from the same records as the members, "
            "before the model was trained.",
        ),
    )


def _difference(controls: Controls) -> tuple[str, ...]:
    sentences = []
    blind = controls.blind
    if blind is not None and blind.wins:
        seen = "the records" if blind.saw == "records" else "the labels"
        sentences.append(
            f"An attacker who sees only {seen} and never asks the model has an AUC of {number(blind.auc.value)} "
            f"({number(blind.auc.low)} to {number(blind.auc.high)}).{_columns(blind)}"
        )
    if controls.references_differ and controls.same_distribution is not None:
        sentences.append(
            "Members and non-members differ even for models that were not trained on them (AUC "
            f"{quantity(controls.same_distribution).text()})."
        )
    return tuple(sentences)


def _columns(blind: BlindBaseline) -> str:
    """The columns that differ most, and in which direction."""
    if not blind.differ:
        return ""
    named = ", ".join(f"{column.name} ({in_pairs(column.auc)})" for column in blind.differ[:NAMED])
    return f" Members and non-members differ most in {named}. A pair is one member and one non-member."


def in_pairs(auc: float) -> str:
    """The AUC of a column as a share of pairs of a member and a non-member; equal values count half.

    >>> in_pairs(0.27), in_pairs(0.524)
    ('lower in members, in 73.0 % of pairs', 'higher in members, in 52.4 % of pairs')
    """
    return f"{'higher' if auc > 0.5 else 'lower'} in members, in {share(max(auc, 1 - auc))} of pairs"


def _lead(controls: Controls, name: str) -> str:
    beside = controls.beyond.get(name)
    if beside is None or beside.auc.low is None or beside.auc.low <= 0:
        return "That is not shown to be more than the difference alone gives away."
    if beside.drawn_at_random is None:
        return (
            "That is more than the difference alone gives away, but there is no model on which to confirm that it is a "
            "leak: one that is shown to resemble the target and was trained on records drawn at random."
        )
    return (
        "That is more than the difference alone gives away, but the attack finds nothing on a model that was trained "
        "on records drawn at random."
    )


def with_caveats(answer: Verdict, found: Sequence[Finding], controls: Controls, duplicates: str) -> Verdict:
    """The verdict with its caveats. A distribution that was not checked is mentioned right after the first sentence."""
    unchecked = _unchecked(controls) if answer.level != "distribution_shift" else ()
    first, *rest = answer.sentences
    last = (*_missed(found, controls), *((f"{duplicates}.",) if duplicates else ()))
    return answer.model_copy(update={"sentences": (first, *unchecked, *_exchanged(answer, found), *rest, *last)})


def _exchanged(answer: Verdict, found: Sequence[Finding]) -> tuple[str, ...]:
    """A warning beside a leak: attackers who know some members learn from them in either direction."""
    names = [finding.name for finding in found if finding.auc.high is not None and finding.auc.high < 0.5]
    if answer.level != "leaks" or not names:
        return ()
    return (
        f"By {', '.join(names)}, members look less like training records than non-members do: were the two swapped?",
    )


def _missed(found: Sequence[Finding], controls: Controls) -> tuple[str, ...]:
    """Attacks that missed the built-in leak: those that are blind, and those for which there were too few records."""
    missed = [finding.name for finding in found if controls.missed(finding.name)]
    blind = [name for name in missed if controls.is_blind(name)]
    unknown = [name for name in missed if name not in blind]
    sentences = []
    if blind:
        sentences.append(
            f"Blind on this model's outputs: {', '.join(blind)}. These attacks missed a leak that was built in as a "
            "check, so their low numbers mean nothing."
        )
    if unknown:
        sentences.append(
            f"Too few records to tell whether these attacks can work on this model's outputs: {', '.join(unknown)}. "
            "They did not clearly find a leak that was built in as a check, so low numbers of theirs mean nothing."
        )
    return tuple(sentences)


def eyesight(controls: Controls, attack: str) -> str:
    """A short remark on an attack that missed the built-in leak; empty for one that found it."""
    if controls.is_blind(attack):
        return "blind on these outputs"
    return "too few records to tell whether it works here" if controls.missed(attack) else ""


def _unchecked(controls: Controls) -> tuple[str, ...]:
    """A sentence on why the distributions of members and non-members were not compared, or only in part."""
    if controls.blind is not None and controls.blind.saw == "records":
        return ()
    by = ["their labels"] if controls.blind is not None else []
    if controls.same_distribution is not None:
        by.append("models that were not trained on them")
    checked = f"checked only by {' and by '.join(by)}" if by else "not checked"
    return (
        f"Whether members and non-members come from the same distribution was {checked}, since the records were not "
        "available. If they differ, what the attacks find may be that difference and not a leak.",
    )


def invalid(reason: str) -> Verdict:
    """The verdict on an audit that failed its own checks, so that its numbers are void."""
    return Verdict(
        level="invalid",
        headline="The audit failed its own checks: do not use its numbers.",
        sentences=(reason, "The controls in the report give the details."),
    )
