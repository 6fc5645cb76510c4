"""Helps to word messages that fit on a screen and hold no control sequences."""

import re
import reprlib
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

LONGEST = 1500  # characters of a message; a screen of 80 columns and 24 lines holds 1,920
VALUE = 300  # characters of a single value within it
NAMES = 10  # most names listed where one of many was expected
NAME = 100  # characters of a name that are compared with others
# The password in a URL, and what is called one in its query.
PASSWORD = re.compile(r"(\b[A-Za-z][\w+.-]*:/{1,2}[^\s/:@]*):[^\s]*@")
TOKEN = re.compile(r"([?&][\w.-]*(?:pass|secret|token|key|sig|cred)[\w.-]*=)[^\s&]+", re.IGNORECASE)
BREAKS = re.compile(r"\s*[\r\n\u2028\u2029]+\s*")
# Control characters (C0, DEL, C1), marks that turn the direction of writing, halves of surrogate pairs.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""The text with control characters written as escapes; line breaks and tabs stay.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return OBEYED.sub(_escaped, without_secrets(text))


def printable_json(text: str) -> str:
    r"""A JSON document that says the same without control characters.

    >>> print(printable_json('{"title": "a\x9bm"}'))
    {"title": "a\u009bm"}
    """
    return OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def without_secrets(text: str) -> str:
    """The text without the passwords of URLs in it.

    >>> without_secrets("sftp://ann:pw@host/store?token=abc&v=1")
    'sftp://ann:***@host/store?token=***&v=1'
    """
    return TOKEN.sub(r"\1***", PASSWORD.sub(r"\1:***@", text))


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape", "surrogatepass").decode()


def one_line(text: str) -> str:
    r"""The text as one printable line, with its middle left out where it is longer than a screen.

    >>> one_line("no such\nfile")
    'no such file'
    """
    return cut(printable(BREAKS.sub(" ", cut(text, 2 * LONGEST))), LONGEST)


def cut(text: str, longest: int) -> str:
    """The text, with its middle left out where it has more than `longest` characters.

    >>> cut("0123456789" * 3, 19)
    '0123456 ... 3456789'
    """
    if len(text) <= longest:
        return text
    tail = (longest - 5) // 2
    return f"{text[: longest - 5 - tail]} ... {text[-tail:]}"


def shortened(value: Any) -> str:
    """A value as a short text for messages, however large or deep it is.

    >>> shortened(list(range(1000)))
    '[0, 1, 2, 3, 4, 5, 6, 7, ...]'
    """
    brief = _Brief()
    brief.maxlevel, brief.maxlong, brief.maxstring, brief.maxother = 3, 60, VALUE - 2, VALUE
    brief.maxlist = brief.maxtuple = brief.maxset = brief.maxdict = brief.maxfrozenset = 8
    return cut(brief.repr(value), VALUE)


class _Brief(reprlib.Repr):
    """Writes values briefly, also integers that are too long for Python to print."""

    def repr_int(self, x: int, level: int) -> str:
        """The integer or, if it is very long, its number of bits."""
        return super().repr_int(x, level) if x.bit_length() < 1000 else f"<an integer of {x.bit_length():,} bits>"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for an unknown name: the nearest known name, else the list of names.

    >>> did_you_mean("moode", ["mode", "variance"])
    "did you mean 'mode'?"
    >>> did_you_mean("x", ["mode", "variance"])
    'expected one of mode, variance'
    """
    names = list(known)
    close = get_close_matches(name[:NAME], names, n=1) or get_close_matches(name[:NAME].lower(), names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"expected one of {listed(names)}"


def listed(names: Iterable[str]) -> str:
    """The first names in a list, and how many more there are.

    >>> listed("abc"), listed([])
    ('a, b, c', 'none')
    """
    every = list(names)
    more = f" and {len(every) - NAMES:,} more" if len(every) > NAMES else ""
    return (", ".join(cut(name, NAME) for name in every[:NAMES]) or "none") + more
