"""The file formats of evidence: tensors and tables are read, checked and written here."""
