import miaudit
from decisions.pairs import saved, scores_of
from miaudit.decisions.compare import compare
from miaudit.report.card import audit_card, comparison_card
from report_example import Example

MARKUP = "<img src=x onerror=alert(1)>"


def test_the_card_has_the_verdict_the_strongest_attacks_and_who_can_be_named() -> None:
    example = Example(members=400, nonmembers=400, corrected=True)
    result = example.result()
    made = audit_card(result, example.table())
    assert result.verdict.headline in made
    for name in ("lira", "two_stage", "calibrated"):
        assert f">{name}</td>" in made
    assert ">loss</td>" not in made
    assert result.attacks["lira"].auc.text() in made
    assert "can be named" in made
    assert "400 members, 400 non-members" in made


def test_names_from_data_are_escaped() -> None:
    example = Example(members=300, nonmembers=300, strengths={MARKUP: 1.0}, description=MARKUP, corrected=True)
    made = audit_card(example.result(), example.table())
    assert MARKUP not in made
    assert "&lt;img" in made


def test_without_records_nobody_is_named() -> None:
    assert "can be named" not in audit_card(Example(corrected=True).result(), None)


def test_only_differences_beyond_chance_are_in_the_card_of_a_comparison() -> None:
    first, second = (saved(f"audit {k}", {"loss": scores_of(shift, k)}) for k, shift in enumerate((1.2, 0.3)))
    (against,) = compare(first, [second]).result.against
    made = comparison_card(against)
    assert against.headline in made
    assert made.count("<tr>") == 1 + sum(each.direction != "unclear" for each in against.differences)


def test_notebooks_get_the_cards() -> None:
    first, second = (saved(f"audit {k}", {"loss": scores_of(shift, k)}) for k, shift in enumerate((1.2, 0.3)))
    compared = miaudit.compare(*(type("Found", (), {"_saved": each})() for each in (first, second)))
    assert compared._repr_html_() == comparison_card(compared.result.against[0])
