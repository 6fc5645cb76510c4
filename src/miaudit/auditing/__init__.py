"""Carries an audit from a request to its result."""
