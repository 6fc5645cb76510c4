"""Names of classes in the header of a file of evidence: a JSON list under the key `class_names`."""

import json

from miaudit.errors import UserError
from miaudit.messages import shortened

KEY = "class_names"


def to_metadata(names: tuple[str, ...], classes: int) -> dict[str, str]:
    """What the header says of the names; nothing where there are none. Classes beyond the last name have their number.

    >>> to_metadata(("no", "yes"), 3)
    {'class_names': '["no", "yes", "2"]'}
    """
    whole = (*names, *map(str, range(len(names), classes)))
    return {KEY: json.dumps(whole, ensure_ascii=False)} if names else {}


def from_metadata(metadata: dict[str, str], classes: int) -> tuple[str, ...]:
    """The names of the classes; empty where the header has none.

    Raises:
        UserError: they are no JSON list with a text for each class.

    >>> from_metadata({"miaudit": "evidence/1", "class_names": '["no", "yes"]'}, 2)
    ('no', 'yes')
    """
    if KEY not in metadata:
        return ()
    try:
        names = json.loads(metadata[KEY])
    except (json.JSONDecodeError, RecursionError):
        names = None
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not is_list or len(names) != classes:
        raise UserError(
            f"expected as `{KEY}` in the header a JSON list with a text for each of the {classes:,} classes, got "
            f"{shortened(metadata[KEY])}"
        )
    return tuple(names)
