"""Where the recipe of the reference models comes from: from the user, or guessed from the target."""

from dataclasses import dataclass

from miaudit.auditing.result import SurrogateFacts


@dataclass(frozen=True)
class Origin:
    """How reference models are trained, in words that follow "trained on 100 records each,"."""

    words: str
    given: bool  # by the user; otherwise guessed
    surrogate: SurrogateFacts | None = None  # what a search chose


BY_CONFIGURATION = Origin("by the configuration's recipe", given=True)
