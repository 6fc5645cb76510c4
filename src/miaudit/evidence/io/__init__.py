"""The format of evidence on disk: tables and tensors, read, checked and written."""
