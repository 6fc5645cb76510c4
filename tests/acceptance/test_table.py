"""The tables of variants in the documentation are those of the tests."""

from acceptance.table import stale


def test_the_tables_in_the_documentation_are_up_to_date() -> None:
    """Where this fails: `python -m acceptance.table` in the folder `tests`."""
    assert stale() == []
