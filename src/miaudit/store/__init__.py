"""Keeps trained models and their outputs: in a folder, shared or not, or in a bucket."""
