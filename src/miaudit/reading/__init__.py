"""Files that strangers wrote: one boundary a format, which turns all that a parser can raise into one message."""
