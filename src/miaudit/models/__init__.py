"""Network architectures, one per file: a class whose fields are its options and whose `build()` makes a module."""

from miaudit.contents import contents

__getattr__, __dir__ = contents(__name__)
