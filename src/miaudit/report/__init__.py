"""The page of an audit: one self-contained file that loads nothing from a network."""
