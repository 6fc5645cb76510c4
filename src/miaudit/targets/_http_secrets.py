"""Keeps tokens out of everything that is shown or stored: they come from the environment when a request is sent."""

import os
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from miaudit.errors import UserError

VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
SECRET = re.compile(r"auth|code|cookie|cred|key|pass|secret|sig|token", re.IGNORECASE)  # names that suggest a secret


def check_url(url: Any) -> str:
    """The URL; raises UserError, without quoting it, where it is none or holds credentials."""
    if not isinstance(url, str):
        raise UserError(f"expected the URL of an endpoint as text, got {type(url).__name__}")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", url):
        raise UserError("expected the URL of an endpoint, such as https://host/v2/models/NAME")
    named = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if SECRET.search(name)]
    if "@" in parts.netloc or named:
        where = "before its host" if "@" in parts.netloc else f"in its query ({named[0]})"
        raise UserError(
            f"the URL of the endpoint {host} holds credentials {where}: leave them out, and send them as a header that "
            'is filled from the environment, such as headers={"Authorization": "Bearer ${MY_TOKEN}"}'
        )
    return url


def check_headers(headers: Any) -> dict[str, str]:
    """The templates of the headers; raises UserError, without quoting a value, where one of them holds a secret."""
    texts = isinstance(headers, Mapping) and all(isinstance(text, str) for pair in headers.items() for text in pair)
    if not texts:
        raise UserError('expected headers as names and texts, such as {"Authorization": "Bearer ${MY_TOKEN}"}')
    for name, template in headers.items():
        if SECRET.search(name) and not VARIABLE.search(template):
            raise UserError(
                f"the header {name} seems to hold a secret: write the name of an environment variable instead, such as "
                f'{{"{name}": "Bearer ${{MY_TOKEN}}"}}, and set that variable'
            )
    return dict(headers)


def filled(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with the values of the environment variables that they name.

    Raises:
        UserError: a variable is not set, or its value cannot be sent in a header.
    """
    return {name: _filled(name, template) for name, template in headers.items()}


def _filled(header: str, template: str) -> str:
    return VARIABLE.sub(lambda found: _value(header, found[1]), template)


def _value(header: str, variable: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise UserError(f"the header {header} needs the environment variable {variable}, which is not set; set it")
    if not (value.isascii() and value.isprintable()):
        raise UserError(
            f"the environment variable {variable}, for the header {header}, holds a line break or another character "
            "that a header cannot carry; set it again without it"
        )
    return value


def redacted(text: str, headers: Mapping[str, str]) -> str:
    """The text, which may come from the endpoint, without the values of the variables that the headers name."""
    for value in _secrets(headers):
        text = text.replace(value, "***")
    return text


def redacted_json(document: Any, headers: Mapping[str, str]) -> Any:
    """The JSON document with all texts in it redacted; numbers stay, even if a variable has the same digits."""
    return _each_text(document, lambda text: redacted(text, headers)) if _secrets(headers) else document


def _secrets(headers: Mapping[str, str]) -> list[str]:
    """Values of the variables that the headers name, the longest first, as one may be part of another."""
    names = {name for template in headers.values() for name in VARIABLE.findall(template)}
    return sorted({os.environ.get(name, "") for name in names} - {""}, key=len, reverse=True)


def _each_text(document: Any, change: Callable[[str], str]) -> Any:
    if isinstance(document, dict):
        return {change(key): _each_text(part, change) for key, part in document.items()}
    if isinstance(document, list):
        return [_each_text(part, change) for part in document]
    return change(document) if isinstance(document, str) else document


def shown(url: str) -> str:
    """The URL as messages and reports show it: without its query."""
    return urlsplit(url)._replace(query="", fragment="").geturl()
