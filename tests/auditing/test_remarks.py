from miaudit.auditing.remarks import remarks
from miaudit.auditing.result import LeftOutRecords
from report_example import Example

RESULT = Example(members=20, nonmembers=20, strengths={"loss": 1.0}).result()


def test_attacks_that_lack_the_same_are_told_together() -> None:
    skipped = {"lira": "needs references", "rmia": "needs a population", "bavaria": "needs references"}
    assert remarks(RESULT.model_copy(update={"skipped": skipped})) == (
        "Not run: lira, bavaria (needs references).",
        "Not run: rmia (needs a population).",
    )


def test_records_that_were_left_out_are_told_first() -> None:
    left_out = LeftOutRecords(members=1200, nonmembers=3, references=8)
    assert remarks(RESULT.model_copy(update={"left_out": left_out, "skipped": {}})) == (
        "Left out: 1,200 members and 3 non-members, which all 8 reference models were trained on, so that attacks "
        "cannot compare them with a model that did not see them.",
    )


def test_nothing_to_tell() -> None:
    assert remarks(RESULT.model_copy(update={"skipped": {}})) == ()


def test_how_a_file_was_read_is_told_first() -> None:
    read_as = ("Columns are separated by semicolons.", "Column 'p' holds the probability of class 1.")
    assert remarks(RESULT.model_copy(update={"read_as": read_as, "skipped": {}})) == tuple(
        f"Read as: {sentence}" for sentence in read_as
    )
