"""What attacks read: one number (or vector) per record and model."""
