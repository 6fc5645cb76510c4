"""The parts that all pages share: templates, the package's own files, and the policy that forbids any network."""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from miaudit import presenter
from miaudit.auditing.remarks import by_reason
from miaudit.report import facts, words

UNBROKEN = re.compile(r"(?<=\d) (?=%)|(?<=\bp) (?=[<=])|(?<=[<=≥]) (?=\d)")  # spaces in "95 %", "p = 0.01", "≥ 2"


@cache  # templates are compiled once a process
def environment() -> Environment:
    """Templates with the filters that all pages share; what comes from data is escaped."""
    made = Environment(
        loader=PackageLoader("miaudit", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_bound,
    )
    made.policies["json.dumps_kwargs"] = {"sort_keys": True, "allow_nan": False, "separators": (",", ":")}
    made.filters |= {
        "breakable": _breakable,
        "by_reason": by_reason,
        "code": _with_code,
        "confidence": presenter.confidence,
        "day": words.day,
        "duration": presenter.duration,
        "fact": facts.fact,
        "facts": facts.facts,
        "limit": presenter.limit,
        "quoted": "“{}”".format,
        "rate": presenter.rate,
        "share": presenter.share,
        "thousands": presenter.count,
    }
    return made


def _bound(value: object) -> object:
    """Prepare a value that a template prints; in texts, no line ends between a number and its sign."""
    return UNBROKEN.sub("\u00a0", value) if type(value) is str else value


def _breakable(name: str) -> Markup:
    """The name, escaped, with places where a line may end."""
    return Markup(re.sub(r"([_\[=,])", r"\1<wbr>", str(escape(name))))  # noqa: S704 - escaped here


def _with_code(text: str) -> Markup:
    """The text, escaped, with what stands between backquotes as code."""
    parts = [str(escape(_bound(part))) for part in text.split("`")]
    marked = (f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
    return Markup("".join(marked))  # noqa: S704 - escaped here


def trusted(name: str, package: str = "miaudit.report") -> Markup:
    """A file of miaudit's own, which goes into the page as it is."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - no data in it


def together(names: Iterable[str]) -> Markup:
    """Several of the package's scripts as one, whose names no other script of the page sees."""
    parts = Markup("\n").join(trusted(f"{name}.js") for name in names)
    return Markup('"use strict";\n(() => {{\n{}}})();\n').format(parts)


def policy(scripts: Iterable[str]) -> str:
    """A content security policy: no network, and no script but the page's own, each named by its hash."""
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
