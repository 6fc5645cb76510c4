"""Reads untrusted YAML: size, depth and expanded aliases are bounded, and every key may occur only once."""

from pathlib import Path
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent, NodeEvent
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from miaudit.errors import UserError
from miaudit.messages import printable, shortened
from miaudit.reading.path import read_text

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # that in C, where PyYAML was built with it, is far faster
MOST_BYTES = 2**18  # a configuration has a few thousand
MOST_DEPTH = 30
MOST_VALUES = 50_000  # aliases written out
MOST_DIGITS = 300  # of a number
KINDS: dict[type, str] = {str: "a text", list: "a list"}
TEXT = "tag:yaml.org,2002:str"
MERGE = "tag:yaml.org,2002:merge"


def read_yaml(path: Path, what: str) -> dict[str, Any]:
    """The keys and values of a YAML file.

    Raises:
        UserError: there is no such file, it is not YAML, is too large or too deep, or has a key twice.
    """
    try:
        content = parse_yaml(read_text(path, what, MOST_BYTES))
    except yaml.YAMLError as error:
        raise UserError(f"{path} is not YAML: {in_words(error)}") from None
    if not isinstance(content, dict):
        kind = "nothing" if content is None else KINDS.get(type(content), "one value")
        raise UserError(f"cannot read {path}: expected {what}, got {kind}")
    return content


def parse_yaml(text: str) -> Any:
    """The value that the text holds; raises YAMLError if it is not YAML, too large or too deep."""
    try:
        _check_depth(text)
        return _bounded(text)
    except (ValueError, OverflowError, AttributeError, RecursionError, MemoryError) as error:
        # PyYAML does not catch the errors of int(), float() and datetime() on malformed numbers and dates.
        raise yaml.YAMLError(f"a value that cannot be read ({error})") from None


def in_words(error: yaml.YAMLError) -> str:
    """The error and its position in one line."""
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or str(error)
    return f"{said} (line {mark.line + 1}, column {mark.column + 1})" if mark is not None else said


def _check_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, NodeEvent) and depth >= MOST_DEPTH:
            raise _fault(f"nested more than {MOST_DEPTH} levels deep", event)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)


def _bounded(text: str) -> Any:
    """The value, of a document that would not grow without end."""
    loader = LOADER(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _values(node, {})
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _values(node: Node, known: dict[int, int]) -> int:
    """How many values the node holds with its aliases written out; raises YAMLError where it breaks a rule."""
    if id(node) in known:
        if not known[id(node)]:
            raise _fault("a value that contains itself", node)
        return known[id(node)]
    known[id(node)] = 0  # not known yet
    if isinstance(node, ScalarNode):
        _check_scalar(node)
    if isinstance(node, MappingNode):
        _check_keys(node)
    count = 1 + sum(_values(part, known) for part in _parts(node))
    if count > MOST_VALUES:
        raise _fault(f"more than {MOST_VALUES:,} values with aliases written out", node)
    known[id(node)] = count
    return count


def _parts(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, CollectionNode) else []


def _check_scalar(node: ScalarNode) -> None:
    if printable(node.value) != node.value:  # it would go into results and onto terminals
        raise _fault(f"expected text without control characters, got {shortened(node.value)}", node)
    if node.tag != TEXT and len(node.value) > MOST_DIGITS:
        raise _fault(f"expected at most {MOST_DIGITS} digits, got a number of {len(node.value):,}", node)


def _check_keys(node: MappingNode) -> None:
    seen = set()
    for key, _ in node.value:
        if key.tag == MERGE:
            continue
        if not isinstance(key, ScalarNode) or key.tag != TEXT:
            raise _fault(f"expected text as a key, got {shortened(getattr(key, 'value', None))}; quote it", key)
        if key.value in seen:
            raise _fault(f"the key {shortened(key.value)} is there twice", key)
        seen.add(key.value)


def _fault(what: str, where: Any) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=what, problem_mark=where.start_mark)
