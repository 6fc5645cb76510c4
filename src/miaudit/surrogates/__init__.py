"""Models that stand in for a target whose training is unknown: which there are, and how alike they are."""
