"""An annex for output checkers and data-protection officers: which of their questions the audit answers, and how.

It maps an audit to the EDPB's Opinion 28/2024 on AI models (17 December 2024), whose paragraph 55 names the attacks
that a model should be tested against, and to SATRE 2.0.1, the specification of trusted research environments.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from miaudit.attacks.base import MEANS, Means
from miaudit.auditing.result import AuditResult
from miaudit.decisions.outcomes import WORDS, GateResult, rule_line
from miaudit.messages import listed
from miaudit.presenter import count, quantity, rate

Covered = Literal["tested", "in part", "not covered", "yours to state"]
HAVING: dict[Means, str] = {
    "queries": "access to the model only",
    "records": "also records known to be inside or outside its training data",
    "references": "also models of their own, trained on data of the same kind",
    "shadows": "also imitations of the model, on which they learn",
}


class Answer(NamedTuple):
    """A question, how far the audit answers it, and its answer in sentences."""

    question: str
    covered: Covered
    sentences: tuple[str, ...]


class Chapter(NamedTuple):
    """The questions of one text."""

    title: str
    about: str
    answers: tuple[Answer, ...]


DOCUMENTS = Answer(
    "Documentation (paragraph 58)",
    "in part",
    (
        "This pack documents the attacks, what their attackers are assumed to know, the results with intervals, the "
        "audit's checks of itself, the configuration and the environment.",
        "To be added: an impact assessment, the advice of a data-protection officer, and measures outside the model.",
    ),
)


def annex(result: AuditResult, decision: GateResult | None) -> tuple[Chapter, ...]:
    """The annex of a released audit.

    Args:
        result: the released result; nothing else about the audit is known here.
        decision: what the gate decided; None where no policy was applied.
    """
    return (
        Chapter(
            "Is the model anonymous? EDPB Opinion 28/2024",
            "The opinion calls a model anonymous only if, with all means reasonably likely to be used, it is "
            "insignificantly likely that personal data of anybody in its training data can be extracted from it or "
            "obtained by asking it. An audit is evidence for that assessment and does not replace it: according to "
            "paragraph 55, tests show how a model resists the attacks that were tested, and no others.",
            (*_attacks(result), _means(result), _persons(result), _design(result), DOCUMENTS),
        ),
        Chapter(
            "May the model leave? SATRE 2.0.1",
            "A trained model cannot be checked by hand as a table can. The specification therefore asks for a stated "
            "policy on such outputs and for the technical controls that come before their egress.",
            (_agreed(decision), _policy(decision), _controls(result)),
        ),
    )


def _attacks(result: AuditResult) -> Iterator[Answer]:
    target = result.target
    strongest = [finding.name for finding in result.findings] or list(result.attacks)
    lines = [
        f"{_number(len(result.attacks), 'attack')} ran on {count(target.members)} members and "
        f"{count(target.nonmembers)} non-members: {listed(result.attacks)}.",
        f"{result.verdict.headline.rstrip('.')}.",
    ]
    if strongest:
        found = result.attacks[strongest[0]]
        tpr = rate(found.tpr_at_fpr.get("0.01")).text()
        lines.append(f"The strongest, {strongest[0]}: AUC {quantity(found.auc).text()}; TPR at 1 % FPR {tpr}.")
    lines += [f"{name} did not run: {why}." for name, why in result.skipped.items()]
    yield Answer("Membership inference (paragraph 55)", "tested", tuple(lines))
    untested = {
        "Attribute inference (paragraph 55)": "No attack of this audit infers an unknown attribute of a person.",
        "Exfiltration (paragraph 55)": "Whether the model or its data can be copied out of the systems that hold them "
        "is not examined.",
        "Regurgitation of training data (paragraph 55)": "No attack of this audit makes the model repeat records.",
        "Model inversion (paragraph 55)": "No attack of this audit computes typical inputs from the model's answers.",
        "Reconstruction (paragraph 55)": "No attack of this audit rebuilds training records.",
    }
    yield from (Answer(question, "not covered", (why,)) for question, why in untested.items())


def _means(result: AuditResult) -> Answer:
    by_means = {means: [name for name, attack in result.attacks.items() if attack.means == means] for means in MEANS}
    lines = [f"Attackers with {HAVING[means]}: {listed(names)}." for means, names in by_means.items() if names]
    lines.append("All of them ask the model; none reads its parameters or watches its training.")
    lines.append("Who will have access to the model, and to what else, is for its controller to state.")
    return Answer("Means reasonably likely to be used", "in part", tuple(lines))


def _persons(result: AuditResult) -> Answer:
    lines = ["Rates and AUC are averages over the audited records; TPR at a low FPR shows whether few are exposed."]
    by = [grouping.by for grouping in result.groups]
    lines += [f"The numbers are also given within groups by {listed(by)}, where these are large enough."] if by else []
    lines.append("Records that were not audited, and persons who are rarer than a group, are not covered one by one.")
    return Answer("Insignificant likelihood for every person", "in part", tuple(lines))


def _design(result: AuditResult) -> Answer:
    target = result.target
    lines = [f"The model: {target.description}."]
    accuracies = (("on members", target.train_accuracy), ("on other records", target.test_accuracy))
    known = [f"{rate(accuracy).text()} {where}" for where, accuracy in accuracies if accuracy.value is not None]
    if known:
        lines.append(f"Its accuracy: {' and '.join(known)}; a wide gap is what such attacks feed on.")
    guarantee = target.guarantee
    lines.append(
        "No guarantee of differential privacy is known." if guarantee is None else f"Guaranteed: {guarantee.text}."
    )
    lines.append("Where the data came from, how they were minimised, and limits on outputs in use are not examined.")
    return Answer("Choices made in development", "in part", tuple(lines))


def _agreed(decision: GateResult | None) -> Answer:
    has = "No policy was applied" if decision is None else f"policy.yaml holds the conditions: {_titles(decision)}"
    return Answer(
        "3.1.16: agreed beforehand what is trained and on what conditions it may leave",
        "yours to state",
        (f"{has}.", "An audit cannot tell when conditions were agreed, and by whom."),
    )


def _policy(decision: GateResult | None) -> Answer:
    question = "3.3.07: a stated policy for outputs that cannot be checked by hand"
    if decision is None:
        return Answer(question, "not covered", ("No policy was applied: pack the audit with --policy.",))
    lines = [f"Policy {decision.policy.title or 'without a title'}: {WORDS[decision.outcome]}."]
    lines += [f"{WORDS[rule.outcome].capitalize()}: {rule_line(rule)}." for rule in decision.rules]
    lines += [f"{'Met' if each.met else 'Not met'}: {each.title} ({each.found})." for each in decision.conditions]
    lines.append("The policy covers membership inference; a policy of an organisation says more than that.")
    return Answer(question, "in part", tuple(lines))


def _controls(result: AuditResult) -> Answer:
    least = 0 if result.release is None else result.release.least
    controls = result.controls
    state = {True: "passed", False: "not passed"}
    return Answer(
        "3.3.07: named technical controls before egress",
        "in part",
        (
            f"Simulated attacks: {listed(result.attacks)}.",
            f"Check that nothing is found where nothing leaks: {state[controls.null_passed]}.",
            f"Check that a built-in leak is found: {state[controls.positive_passed]}.",
            f"Every number in this pack is an aggregate over at least {count(least)} records; there are no rows, "
            "points or ids of single records.",
            "The SHA-256 of each file is in the manifest, which can be signed.",
            "Checks of the model file itself, such as records stored within it, are not part of an audit.",
        ),
    )


def _titles(decision: GateResult) -> str:
    return "; ".join(f"{rule.title} at most {rule.limit:g}" for rule in decision.rules)


def _number(many: int, what: str) -> str:
    return f"{count(many)} {what}" if many == 1 else f"{count(many)} {what}s"
