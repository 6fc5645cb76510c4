"""Writes the documentation's glossary: the words of the report, and those of configurations and results."""

from miaudit.report.words import GLOSSARY

HEAD = """# Glossary

The words of reports, configurations and results, one meaning each. The first ones also stand at the end of each report.
[Architecture](architecture.md#words) adds those of the code.
"""
FURTHER = {
    "Target": "The model under audit. The attacker may only query it.",
    "Population": "Records like the members that the attacker holds, and that no audited model was trained on.",
    "In, out model": "A reference model that was trained on a record, or one that was not.",
    "Pool": (
        "Many models over the same records, each trained on another part of them. Each can serve as a shadow model, "
        "and as a reference model of the others."
    ),
    "Online, offline": (
        "An online attacker trains models on the very records that they ask about; an offline attacker trained all "
        "models before they knew these records."
    ),
    "Evidence": "Everything that the attacker has observed, and nothing else: the answers of all models.",
    "Recipe": "How a model is trained: architecture, optimizer, epochs and so on.",
    "Student": (
        "A model that learns what another one, its teacher, answers about some of the audited records, in place of "
        "their labels. On the other records it answers roughly as the teacher would if it had not been trained on them."
    ),
    "Surrogate": "A kind of model that stands in for a target whose training is unknown.",
    "Control": (
        "A check of the audit by itself: no leak is found where there is none, a built-in leak is noticed, members and "
        "non-members are alike, reference models resemble the target."
    ),
    "Blind baseline": (
        "An attacker who sees the records and never asks the model. What they find is a difference in the data, "
        "not a leak."
    ),
    "Verdict, level": "The answer in plain words, and in one word for programs.",
    "Grade": "How much is found, in five steps from none found to severe.",
    "Policy, gate": "A file of limits, and the command that decides by it: pass, fail or cannot tell.",
    "Release": "A page and a result without single records, for somebody who checks what may leave.",
    "Store": "The folder that keeps trained models and their answers, so that none is computed twice.",
}


def glossary() -> str:
    """The page, one definition after another."""
    return "\n".join([HEAD, *(f"**{word}**\n:   {text}\n" for word, text in (GLOSSARY | FURTHER).items())])
