"""Everything that an attacker has observed, and nothing else: all that attacks read passes through here.

Evidence is built from plain arrays with `Panel.of` and `Evidence.of`, or, where models are shadows and references of
each other, with `Pool.of`.
"""

from miaudit.evidence.evidence import Evidence
from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import Augmented, Panel, Students, View
from miaudit.evidence.pool import Pool

__all__ = ["Augmented", "Evidence", "Outputs", "Panel", "Pool", "Students", "View"]
