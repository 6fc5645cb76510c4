"""Who is trained on which records: the ways to split a data set for an audit, one per file."""

from miaudit.contents import contents

__getattr__, __dir__ = contents(__name__)
