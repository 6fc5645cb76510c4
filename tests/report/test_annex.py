"""Tests of the annex as a page and in Markdown."""

from decisions_examples import saved
from miaudit.decisions.annex import Answer, Chapter, annex
from miaudit.decisions.release import release
from miaudit.report.annex import annex_markdown, render_annex

MARKUP = "<script>alert(1)</script>"
CHAPTER = Chapter(MARKUP, "About | it", (Answer(f"Why {MARKUP}?", "in part", (MARKUP, "*two*")),))


def test_both_forms_hold_every_question_and_answer() -> None:
    result = release(saved())
    chapters = annex(result, None)
    page, text = render_annex(chapters, result), annex_markdown(chapters)
    for chapter in chapters:
        assert f"<h2>{chapter.title}</h2>" in page
        for answer in chapter.answers:
            assert f"### {answer.question}: {answer.covered}\n" in text
            assert f">{answer.question}</th><td>{answer.covered}</td>" in page
    assert "http" not in page.replace("http-equiv", "")


def test_what_comes_from_data_is_escaped() -> None:
    page, text = render_annex((CHAPTER,), release(saved())), annex_markdown((CHAPTER,))
    assert MARKUP not in page
    assert MARKUP not in text
    assert "- \\*two\\*" in text
