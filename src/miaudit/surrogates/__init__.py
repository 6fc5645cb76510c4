"""Models that stand in for a target whose training is unknown, and how much they resemble it."""
