"""The attacks, one per file: pure functions of the evidence. A higher score always means more likely a member."""

from miaudit.contents import contents

__getattr__, __dir__ = contents(__name__)
