"""Makes further views of records, about which models are asked beside the records themselves; one kind per file."""
