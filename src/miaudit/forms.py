"""Names of the forms that a model's answers may have."""

from typing import Annotated, Literal

from pydantic import Field

Form = Literal["logits", "log_probabilities", "probabilities", "percent", "margins", "labels"]
NumberForm = Literal["loss", "score"]  # one number per record, of a model that is no classifier
AskedViews = Literal["auto"] | Annotated[int, Field(ge=0, le=24)]  # further views of each record
AskedStudents = Annotated[int, Field(ge=0, le=100, multiple_of=2)]  # of the target and of each shadow
AskedAttacks = Literal["auto", "all"]  # the strongest of each kind of attacker, or all that apply
ChosenBy = Literal["auto", "all", "user"]  # user: attacks are named, and it is an error where one does not apply
Surrogates = Literal["auto", "always", "never"]  # auto: where nothing else shows how the target was trained
AskedForm = Literal["auto", "logits", "log_probabilities", "probabilities", "percent", "margins", "labels"]
