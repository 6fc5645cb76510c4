from miaudit.card import Table, card

MARKUP = '<script>alert(1)</script>&"'


def test_everything_given_is_escaped() -> None:
    made = card(MARKUP, [MARKUP], Table([MARKUP], [[MARKUP]]))
    assert "<script" not in made
    assert made.count("&lt;script&gt;") == 4


def test_it_is_one_element_with_styles_of_its_own() -> None:
    made = card("Title", ["One.", "", "Two."], Table(("name", "AUC"), [("lira", "0.7"), ("loss", "0.6")]), "bad")
    assert made.startswith("<div style=")
    assert made.endswith("</div>")
    assert made.count("<p ") == 2
    assert made.count("<tr>") == 3
    assert "text-align:left" in made
    assert "text-align:right" in made
    for absent in ("<script", "<style", "class=", "http"):
        assert absent not in made


def test_without_a_table_there_is_none() -> None:
    assert "<table" not in card("Title", [])
