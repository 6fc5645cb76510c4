"""A made-up grouping of the records of a made-up audit."""

from dataclasses import replace

from miaudit.auditing.result import AuditResult
from miaudit.auditing.result.groups import Group, GroupAttack, Grouping
from report_example import Example, quantity, share

EXAMPLE = replace(Example(members=200, nonmembers=200), strengths={"loss": 0.6, "lira": 1.5})


def attack(found_p: float) -> GroupAttack:
    return GroupAttack(
        auc=quantity(0.8, 0.05),
        tpr=share(0.2, 100),
        found=share(0.25, 100),
        accused=share(0.01, 100),
        named=4,
        named_precision=share(0.75, 4),
        auc_p=1.0,
        found_p=found_p,
    )


def grouping(p_of_men: float = 0.001) -> Grouping:
    women = Group(name="<f>", members=100, nonmembers=90, attacks={"loss": attack(1.0), "lira": attack(1.0)})
    men = Group(name="m", members=95, nonmembers=100, attacks={"loss": attack(1.0), "lira": attack(p_of_men)})
    other = Group(name="x", members=None, nonmembers=None, attacks={})
    return Grouping(by="sex", least=10, alpha=0.98, groups=(women, men, other))


def result(of: Grouping) -> AuditResult:
    return EXAMPLE.result().model_copy(update={"groups": (of,)})
