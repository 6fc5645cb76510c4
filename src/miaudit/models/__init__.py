"""Network architectures, one per file: a class whose fields are its options and whose `build()` gives a module."""
