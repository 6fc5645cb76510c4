"""Runs the papers' tables and figures, and sets our numbers beside the published ones."""
