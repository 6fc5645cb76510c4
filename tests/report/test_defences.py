"""The page that compares defences."""

import re

import pytest

from miaudit.auditing.defences_result import DefencesResult, compared
from miaudit.auditing.result import AuditResult
from miaudit.defences.base import Guarantee
from miaudit.report.defences import render_defences
from report_example import Example
from ways_out import WAYS_OUT

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
COMMENT = re.compile(r"//.*")
HOSTILE = "<script>alert(1)</script>"


def audit(strength: float, guarantee: Guarantee | None = None) -> AuditResult:
    result = Example(strengths={"loss": 0.3, "lira": strength}, members=1500, nonmembers=1500).result()
    target = result.target.model_copy(update={"guarantee": guarantee})
    return result.model_copy(update={"target": target})


@pytest.fixture(scope="module")
def result() -> DefencesResult:
    plain, private = audit(1.4), Guarantee(epsilon=3.25, delta=1e-5, accountant="RDP")
    return compared(
        [
            ("none", "unaware", "none", plain),
            ("none", "knows", "none", plain),
            ("dp_sgd[noise=2]", "unaware", "dp_sgd-noise=2-unaware", audit(0.1, private)),
            ("dp_sgd[noise=2]", "knows", "dp_sgd-noise=2-knows", audit(0.5, private)),
            (HOSTILE, "unaware", f"{HOSTILE}-unaware", audit(0.9)),
        ],
        {"defences": [HOSTILE]},
    )


@pytest.fixture(scope="module")
def page(result: DefencesResult) -> str:
    return render_defences(result)


def test_rows_attackers_and_guarantees(result: DefencesResult, page: str) -> None:
    assert [row.title for row in result.rows] == ["none", "dp_sgd[noise=2]", HOSTILE]
    assert "epsilon &lt;=\u00a03.25 at delta 1e-05" in page
    links = re.findall(r'href="([^"#]+)"', page)
    assert links == [
        "none/report.html",
        "dp_sgd-noise%3D2-unaware/report.html",
        "dp_sgd-noise%3D2-knows/report.html",
        "%3Cscript%3Ealert%281%29%3C/script%3E-unaware/report.html",
    ]
    strongest = result.rows[1].attackers["unaware"].strongest
    assert strongest == "loss"
    assert result.rows[1].attackers["knows"].strongest == "lira"
    value = result.rows[0].attackers["unaware"].attacks["lira"].auc.value
    assert value is not None
    assert f"{value:.3f}" in page


def test_the_page_needs_no_network_and_runs_only_its_own_scripts(page: str) -> None:
    assert "http://" not in page
    assert "https://" not in page
    assert HOSTILE not in page
    assert page.count("<script>") == 2
    assert page.count("<button") == 1
    assert [way for way in WAYS_OUT for script in SCRIPT.findall(page) if re.search(way, COMMENT.sub("", script))] == []
    assert "default-src &#39;none&#39;" in page


def test_the_same_result_gives_the_same_page(result: DefencesResult, page: str) -> None:
    assert render_defences(result) == page


def test_costs_add_up_and_an_audit_counts_once(result: DefencesResult) -> None:
    one = audit(1.4).cost
    assert result.cost.models_trained == 4 * one.models_trained
    assert result.cost.seconds["attacks"] == pytest.approx(4 * one.seconds["attacks"])
    assert result.cost.peak_memory_mb == one.peak_memory_mb


def test_the_verdict_leads_and_a_raised_leak_is_loud() -> None:
    raised = compared(
        [("none", "knows", "none", audit(0.3)), ("l2[weight=1]", "knows", "l2", audit(2.5))], {"title": "Two networks"}
    )
    page = render_defences(raised)
    assert page.index('class="verdict raises"') < page.index("What each defence costs")
    assert "Attackers find more with l2[weight=1] than without a defence." in page
    assert "Two networks" in page
