"""Defences against membership inference, one per file."""

from miaudit.contents import contents

__getattr__, __dir__ = contents(__name__)
