"""Numbers that can be trusted: every rate with its counts and its interval."""
