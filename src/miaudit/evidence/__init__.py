"""Everything an attacker has observed, and nothing he has not: the narrow waist of miaudit."""

from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import Augmented, Evidence, Panel, View

__all__ = ["Augmented", "Evidence", "Outputs", "Panel", "View"]
