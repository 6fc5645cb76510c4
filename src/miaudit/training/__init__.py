"""Trains networks and estimators: recipes, and the loops that carry them out."""
