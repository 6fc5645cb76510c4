"""Rules that choose a cut on the scores of known members, one per file."""
