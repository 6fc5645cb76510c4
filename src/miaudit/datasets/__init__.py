"""Data sets, one per file: a class whose fields are its options and whose `load()` gives a `Dataset`."""

from miaudit.contents import contents

__getattr__, __dir__ = contents(__name__)
