"""A small local web application over many audits: it lists, shows and compares them, and changes nothing."""
