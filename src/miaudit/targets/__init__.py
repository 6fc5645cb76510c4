"""Models under audit, as an attacker meets them: records in, outputs out."""

from miaudit.contents import contents

__getattr__, __dir__ = contents(__name__)
