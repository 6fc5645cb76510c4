"""The annex of a pack, as a page and in Markdown: the same questions and answers in both."""

from collections.abc import Iterator

from miaudit.auditing.result import AuditResult
from miaudit.decisions.annex import Chapter
from miaudit.messages import printable
from miaudit.report.model_card import markdown_text
from miaudit.report.page import environment, policy, trusted
from miaudit.report.words import GLOSSARY

LEAD = (
    "This annex sets the questions of two texts beside what this audit tested. It says as plainly what the audit does "
    "not cover. It is no legal assessment."
)
WORDS = ("Member, non-member", "Membership inference", "ROC curve, AUC", "TPR at an FPR", "Epsilon (ε)")


def render_annex(chapters: tuple[Chapter, ...], result: AuditResult) -> str:
    """The page as text; the same annex gives the same text."""
    scripts = {"theme": trusted("theme.js")}
    return (
        environment()
        .get_template("annex.html")
        .render(
            chapters=chapters,
            lead=LEAD,
            result=result,
            glossary={word: GLOSSARY[word] for word in WORDS},
            styles=trusted("style.css"),
            scripts=scripts,
            policy=policy(scripts.values()),
        )
    )


def annex_markdown(chapters: tuple[Chapter, ...]) -> str:
    """The annex as a Markdown document."""
    lines = ["# What was tested, and what was not", "", LEAD, ""]
    for chapter in chapters:
        lines += [f"## {markdown_text(chapter.title)}", "", markdown_text(chapter.about), "", *_answers(chapter)]
    return printable("\n".join(lines))


def _answers(chapter: Chapter) -> Iterator[str]:
    for answer in chapter.answers:
        yield f"### {markdown_text(answer.question)}: {answer.covered}"
        yield ""
        yield from (f"- {markdown_text(sentence)}" for sentence in answer.sentences)
        yield ""
