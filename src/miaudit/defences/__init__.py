"""Defences against membership inference: a file each."""
