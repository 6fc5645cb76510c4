"""Reads files that strangers wrote: one module per format turns all that its parser can raise into one message."""
