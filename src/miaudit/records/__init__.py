"""Records as users give them: their names, their labels, and copies among them."""
