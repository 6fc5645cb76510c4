import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit.errors import UserError
from miaudit.messages import LONGEST, VALUE, cut, did_you_mean, listed, one_line, printable, shortened

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31m", r"\x9b31m"),
        ("\x07\x7f", r"\x07\x7f"),
        ("a\u202eb", r"a\u202eb"),
        ("caf\udce9", r"caf\udce9"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("Grüße, 好", "Grüße, 好"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(), max_size=3 * LONGEST))
def test_a_message_is_one_plain_line_no_longer_than_a_screen(text: str) -> None:
    said = str(UserError(text))
    assert len(said) <= LONGEST
    assert "\n" not in said
    assert OBEYED.search(said) is None
    said.encode()


def test_the_ends_of_a_long_message_stay() -> None:
    said = one_line("the file" + "x" * 10_000 + "what to do")
    assert said.startswith("the file")
    assert said.endswith("what to do")
    assert len(cut("x" * 1000, 101)) == 101
    assert cut("short", 10) == "short"


def test_values_of_any_size_are_shortened() -> None:
    endless: list[object] = []
    endless.append(endless)
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]
    bomb: object = "x"
    for _ in range(30):
        bomb = [bomb] * 10
    for value in ("x" * 10**6, list(range(10**6)), 10**6000, endless, deep, bomb, {i: i for i in range(10**5)}):
        assert len(shortened(value)) <= VALUE
    assert shortened({"a": [1, 2.5, None]}) == "{'a': [1, 2.5, None]}"


def test_the_nearest_name_else_the_names() -> None:
    assert did_you_mean("Label", ["label", "member"]) == "did you mean 'label'?"
    assert did_you_mean("zzz", map(str, range(30))).endswith("9 and 20 more")
    assert did_you_mean("x" * 10**6, ["label"]) == "expected one of label"
    assert listed([]) == "none"
