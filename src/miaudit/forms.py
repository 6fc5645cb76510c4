"""Names of the forms that a model's answers may have."""

from typing import Literal

Form = Literal["logits", "log_probabilities", "probabilities", "margins", "labels"]
AskedForm = Literal["auto", "logits", "log_probabilities", "probabilities", "margins", "labels"]
