import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from miaudit.auditing.result import AuditResult, Controls, Decision
from miaudit.metrics.quantity import Quantity
from miaudit.report.html import render, write_report
from miaudit.report.page import trusted
from report_example import Example
from ways_out import WAYS_OUT

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}"


class Page(HTMLParser):
    """What a reader sees, what the page would load, its scripts, and the data that it carries for them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.scripts: dict[str, str] = {}
        self.carried: dict[str, str] = {}
        self.policy = ""
        self.charts: list[str] = []
        self.series: list[str] = []
        self._words: list[str] = []
        self._inside: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.charts += filter(None, [values.get("data-chart")])
        self.series += filter(None, [values.get("data-name")])
        self.loads += [value or "" for name, value in attrs if name in {"src", "href", "action", "data", "srcset"}]
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""
        if tag in {"script", "style"}:
            is_data = values.get("type") == "application/json"
            name = values.get("id") or f"script{len(self.scripts)}"
            self._inside.append(("data" if is_data else tag, name))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._inside.pop()
        elif tag not in {"span", "i", "b"}:
            self._words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self._words.append(data)
            return
        kind, name = self._inside[-1]
        if kind in {"script", "data"}:
            kept = self.scripts if kind == "script" else self.carried
            kept[name] = kept.get(name, "") + data

    @property
    def text(self) -> str:
        """The visible text, white space made single."""
        return re.sub(r"\s+", " ", "".join(self._words))


def page_of(example: Example, result: AuditResult | None = None) -> Page:
    return Page(render(result or example.result(), example.table()))


def quantities(node: Any) -> Iterator[Quantity]:
    if isinstance(node, Quantity):
        yield node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from quantities(getattr(node, name))
    elif isinstance(node, dict):
        for value in node.values():
            yield from quantities(value)


def printed(quantity: Quantity, text: str) -> bool:
    if quantity.value is None:
        return quantity.note.replace(">=", "at least").replace(", have", "; there are") in text
    if quantity.high is None:
        return f"≥ {quantity.low:.2f}" in text and f"{quantity.value:.2f}" in text
    ends = (quantity.value, quantity.low, quantity.high)
    forms = [[f"{end:.3f}" for end in ends if end is not None]]
    forms += [[f"{100 * end:.{digits}f}" for end in ends if end is not None] for digits in (1, 2, 3)]
    return any(re.search(rf"\b{value}\b", text) and f"{low} – {high}" in text for value, low, high in forms)


@pytest.mark.parametrize("example", [Example(members=500, nonmembers=400), Example(members=60, nonmembers=50)])
def test_every_quantity_is_printed_with_its_interval(example: Example) -> None:
    result, text = example.result(), page_of(example).text
    found = list(quantities(result))
    assert len(found) > 40
    assert [quantity for quantity in found if not printed(quantity, text)] == []


def test_what_the_records_cannot_tell_says_what_is_needed() -> None:
    text = page_of(Example(members=200, nonmembers=200)).text
    assert text.count("needs at least 10,000 non-members; there are 200") == 1


def test_the_verdict_leads_and_everything_else_is_there() -> None:
    example = Example(members=300, nonmembers=300)
    result, page = example.result(), page_of(example)
    assert page.text.index(result.verdict.headline) < page.text.index("What the attacker would claim")
    told = [*result.verdict.sentences, result.target.description, result.skipped["shadow"], result.provenance.data]
    told += [attack.adversary for attack in result.attacks.values()] + [a.paper for a in result.attacks.values()]
    told += [attack.decision.rule for attack in result.attacks.values()] + list(result.cost.seconds)
    told += ["Null control", "Positive control", "variance: pooled", "true_positives: 212", "18 trained, 2 taken"]
    assert [words for words in told if words not in page.text] == []


def test_key_numbers_are_called_what_they_are() -> None:
    """The rate is that with the highest lower end, which need not be the highest rate in the table."""
    text = page_of(Example(members=300, nonmembers=300)).text
    assert "the highest AUC, and otherwise the value with the highest lower bound" in text


def test_confusion_matrices_are_printed() -> None:
    example = Example(members=300, nonmembers=300)
    decision, text = example.result().attacks["lira"].decision, page_of(example).text
    for count in (decision.tp, decision.fp, decision.tn, decision.fn):
        assert f" {count}" in text or str(count) in text
    assert "1,310" in text  # the density attack's own matrix on the rest


def hostile_result() -> tuple[Example, AuditResult]:
    example = Example(members=60, nonmembers=60, strengths={HOSTILE: 1.0, "kde": 0.5}, description=HOSTILE)
    result = example.result()
    verdict = result.verdict.model_copy(update={"headline": HOSTILE, "sentences": (HOSTILE,)})
    marked = result.attacks["kde"].model_copy(
        update={"adversary": HOSTILE, "paper": HOSTILE, "params": {HOSTILE: HOSTILE}, "learned": {HOSTILE: HOSTILE}}
    )
    origin = result.provenance.model_copy(update={"machine": HOSTILE, "config": {HOSTILE: HOSTILE}})
    changes = {"verdict": verdict, "skipped": {HOSTILE: HOSTILE}, "provenance": origin}
    return example, result.model_copy(update={**changes, "attacks": {**result.attacks, "kde": marked}})


def test_data_never_becomes_markup() -> None:
    page = page_of(*hostile_result())
    assert len(page.scripts) == 4  # the theme, the switch, the charts, the cut with the records
    assert page.tags.count("script") == len(page.scripts) + len(page.carried) == 6
    assert json.loads(page.carried["cut-data"])["attacks"][0]["name"] == HOSTILE
    assert "img" not in page.tags
    assert page.text.count(HOSTILE) > 10
    assert HOSTILE in page.series


def test_the_page_loads_nothing() -> None:
    page = page_of(Example(members=60, nonmembers=60))
    assert [target for target in page.loads if not target.startswith("#")] == []
    assert not {"link", "iframe", "object", "embed", "img", "base", "form"} & set(page.tags)
    assert page.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in page.policy
    assert "http" not in page.policy


def test_links_within_the_page_lead_somewhere() -> None:
    html = render(Example(members=60, nonmembers=60).result(), Example(members=60, nonmembers=60).table())
    anchors = set(re.findall(r'href="#([\w-]+)"', html))
    assert anchors
    assert anchors <= set(re.findall(r' id="([\w-]+)"', html))


def test_ids_are_unique() -> None:
    html = render(Example(members=60, nonmembers=60).result(), Example(members=60, nonmembers=60).table())
    ids = re.findall(r'<\w+[^>]* id="([\w-]+)"', re.sub(r'<script type="application/json".*?</script>', "", html))
    assert len(ids) == len(set(ids))


def test_without_truth_no_rate_is_drawn() -> None:
    page = page_of(Example(members=60, nonmembers=60, truth=False))
    assert not {"roc", "precision"} & set(page.charts)
    assert "It is not known which are members" in page.text
    assert "strongest" not in page.text.split("Glossary What")[0].replace("The strongest attack, lira, finds", "")


def test_without_references_there_is_no_hardness_section() -> None:
    page = page_of(Example(members=60, nonmembers=60, strengths={"loss": 1.0}, references=False))
    assert "hardness" not in page.charts
    assert "Hard records" not in page.text


def test_without_attacks_the_page_still_stands() -> None:
    page = page_of(Example(members=5, nonmembers=5, strengths={}, references=False))
    assert not {"roc", "precision", "scores-0", "hardness"} & set(page.charts)
    assert "Where the numbers come from" in page.text


def test_a_failed_control_is_loud() -> None:
    page = page_of(Example(members=60, nonmembers=60, null_passed=False, level="invalid"))
    warning = "Null control not passed: these numbers cannot be trusted."
    assert page.text.index(warning) < page.text.index("What the attacker would claim")
    assert warning not in page_of(Example(members=60, nonmembers=60)).text


def test_controls_that_did_not_run_are_said_not_to_have_run() -> None:
    example = Example(members=60, nonmembers=60)
    controls = Controls(null={}, positive={}, null_passed=False, positive_passed=False)
    page = page_of(example, example.result().model_copy(update={"controls": controls}))
    assert page.text.count("Not run, so the audit was not checked in this way") == 3
    assert "cannot be trusted" not in page.text


def test_the_same_audit_gives_the_same_page() -> None:
    example = Example(members=60, nonmembers=60)
    reloaded = AuditResult.model_validate_json(example.result().model_dump_json(by_alias=True))
    assert render(example.result(), example.table()) == render(reloaded, example.table())


def test_a_page_of_many_records_stays_small(tmp_path: Path) -> None:
    example = Example(members=30_000, nonmembers=30_000)
    path = tmp_path / "new" / "report.html"
    write_report(example.result(), example.table(), path)
    html = path.read_text(encoding="utf-8")
    carried = sum(map(len, Page(html).carried.values()))
    assert len(html) - carried < 500_000
    assert carried < 50 * 60_000  # bytes for each record, of six attacks


def test_no_script_of_the_page_can_open_a_window_or_a_connection() -> None:
    scripts = page_of(Example(members=60, nonmembers=60)).scripts
    assert len(scripts) == 4
    for text in scripts.values():
        code = re.sub(r"//.*", "", text)
        assert [way for way in WAYS_OUT if re.search(way, code)] == []


def test_every_colour_and_shape_of_a_chart_is_in_the_style_sheet() -> None:
    html = render(Example(members=60, nonmembers=60).result(), Example(members=60, nonmembers=60).table())
    styles, body = html.split("</style>")
    used = {name for names in re.findall(r'<(?:path|rect|text|g) class="([^"]+)"', body) for name in names.split()}
    assert used >= {"line", "block", "dots", "crosses", "s0", "member", "nonmember", "guide"}
    assert {name for name in used - {"told", "off"} if f".{name}" not in styles} == set()


def test_every_colour_of_a_light_page_has_one_for_a_dark_page() -> None:
    light, dark = trusted("style.css").split("@media screen {")
    given = set(re.findall(r"(--[\w-]+):", light))
    assert set(re.findall(r"(--[\w-]+):", dark.split("} }")[0])) == given - {"--serif", "--sans", "--mono"}
    assert given >= set(re.findall(r"--(?:s\d|rest|mark-\w+|grid|shade|paper|ink|muted)\b", trusted("charts.css")))


def test_nobody_is_named_where_no_leak_was_found() -> None:
    example = Example(members=60, nonmembers=60, level="too_few_records")
    page = page_of(example)
    assert "Nobody is named: a ranking by score would be mere chance" in page.text
    assert "Rank Record" not in page.text
    assert "Rank Record" in page_of(Example(members=60, nonmembers=60)).text


def test_audits_of_predictions_alone_have_no_empty_cards_and_no_counts_of_nothing() -> None:
    example = Example(members=60, nonmembers=60, strengths={"loss": 1.0, "gap": 0.5}, references=False)
    result = example.result()
    none = Decision(rule="none: there are no records with known membership to choose a cut on", cut=None)
    attacks = {name: attack.model_copy(update={"decision": none}) for name, attack in result.attacks.items()}
    table = example.table().drop_columns(["loss.member", "gap.member"])
    page = Page(render(result.model_copy(update={"attacks": attacks}), table))
    assert "There are no records with known membership to choose a cut on: loss, gap." in page.text
    assert page.text.count("to choose a cut on") == 1
    assert "0 of 0" not in page.text
    assert "dashed line" not in page.text.replace("dashed diagonal", "")
    assert "dashed line" in page_of(example).text


def test_the_page_has_the_configurations_title_and_a_date() -> None:
    example = Example(members=60, nonmembers=60)
    result = example.result()
    origin = result.provenance.model_copy(update={"config": {"title": "Cell phones of 2025"}})
    cost = result.cost.model_copy(update={"finished": "2025-03-09T21:05:00+00:00"})
    text = page_of(example, result.model_copy(update={"provenance": origin, "cost": cost})).text
    assert text.count("Cell phones of 2025") >= 3  # the tab, the head, the configuration
    assert "9 March 2025" in text
    assert "2025-03-09 21:05:00 UTC" in text


def test_a_control_that_allows_for_many_attacks_is_not_called_certain() -> None:
    example = Example(members=60, nonmembers=60)
    result = example.result()
    wide = {"loss": {"auc": Quantity(value=0.5, low=0.4, high=0.6, n=100, confidence=1 - 0.05 / 150)}}
    controls = result.controls.model_copy(update={"null": wide})
    text = page_of(example, result.model_copy(update={"controls": controls})).text
    assert "AUC, 99.967\u00a0% interval".replace("\u00a0", " ") in text
    assert "100 % interval" not in text


@pytest.mark.parametrize(("level", "holds"), [("leaks", True), ("no_leak_found", False)])
def test_the_page_says_where_it_holds_single_records(level: str, holds: bool) -> None:
    text = page_of(Example(members=60, nonmembers=60, level=level)).text
    assert ("This page holds single records : in this table, on the first screen," in text) == holds
    assert ("miaudit report FOLDER --release --out OTHER" in text) == holds
