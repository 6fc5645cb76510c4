"""Features of records in every form that a model may want them in, one form per file."""
