"""The user's own training code: a function, where it is found, how it is called, and the recipe around it."""
