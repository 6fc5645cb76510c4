"""Rules that choose a cut on the scores of known members, one per file."""

from miaudit.contents import contents

__getattr__, __dir__ = contents(__name__)
