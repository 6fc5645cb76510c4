"""Where records with their labels can come from beside a pair of arrays, one kind of source per file."""
