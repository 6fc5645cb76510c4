"""The decision of a gate in the formats of other programs, one format per file."""
