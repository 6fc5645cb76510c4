"""Options of plug-ins on the command line: `--set NAME=VALUE`."""

from typing import Any

import yaml

from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.reading.yaml_file import in_words, parse_yaml


def parse_options(pairs: list[str]) -> dict[str, Any]:
    """Hyper-parameters from `key=value` words, the values read as YAML; raises UserError on other words.

    >>> parse_options(["mode=online", "k=3"])
    {'mode': 'online', 'k': 3}
    """
    options = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            raise UserError(f"--set expects key=value, got {shortened(pair)}")
        try:
            options[key] = parse_yaml(value)
        except yaml.YAMLError as error:
            raise UserError(f"--set {key}: {shortened(value)} is not YAML: {in_words(error)}") from None
    return options
