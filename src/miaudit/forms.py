"""What a model's answers may be, by name."""

from typing import Literal

Form = Literal["logits", "log_probabilities", "probabilities", "margins", "labels"]
AskedForm = Literal["auto", "logits", "log_probabilities", "probabilities", "margins", "labels"]
