"""Takes folders, credentials and names of users out of texts that leave a protected environment."""

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from miaudit.messages import without_secrets

USER = re.compile(r"(\b[A-Za-z][\w+.-]*://)[^\s/@]*@")  # in a URL
FILE_URL = re.compile(r"\bfile://+", re.IGNORECASE)
REST = r"[^\s\"'<>|=?,;()\[\]{}]+"  # of a path, up to what ends it in a sentence, an option or a list
# A path begins here; within a URL or words such as and/or it does not.
POSIX = re.compile(rf"(?<![\w./\\:~-])(?:~[\w.-]*)?/{REST}")
WINDOWS = re.compile(rf"(?<!\w)(?:[A-Za-z]:[\\/]|\\\\){REST}")


def scrubbed(value: Any) -> Any:
    """Plain values with every text scrubbed, keys included.

    Of absolute paths the last name is left, of URLs everything but user, password and tokens.

    >>> scrubbed({"target": "/home/ann/net.py:make", "url": "https://ann:pw@host/model?key=abc"})
    {'target': 'net.py:make', 'url': 'https://host/model?key=***'}
    """
    if isinstance(value, dict):
        return {scrubbed(key): scrubbed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed(inner) for inner in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    if " " in text and PurePosixPath(text).is_absolute():  # spaces within a path
        return PurePosixPath(text).name
    plain = FILE_URL.sub("/", USER.sub(r"\1", without_secrets(text)))
    plain = WINDOWS.sub(lambda found: PureWindowsPath(found[0]).name, plain)
    return POSIX.sub(lambda found: PurePosixPath(found[0]).name, plain)
