"""The papers' tables and figures, run here and set beside the published numbers."""
