"""Names of the forms that a model's answers may have."""

from typing import Literal

Form = Literal["logits", "log_probabilities", "probabilities", "margins", "labels"]
NumberForm = Literal["loss", "score"]  # one number per record, of a model that is no classifier
Surrogates = Literal["auto", "always", "never"]  # auto: where nothing else shows how the target was trained
AskedForm = Literal["auto", "logits", "log_probabilities", "probabilities", "margins", "labels"]
