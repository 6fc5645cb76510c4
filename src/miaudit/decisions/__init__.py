"""What follows from an audit: pass or fail, better or worse than another, why a record is exposed, what may leave.

Everything here reads a finished audit: its result and its table of scores. Nothing is trained or attacked again.
"""
