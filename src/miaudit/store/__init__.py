"""Where trained models and what they said are kept: a folder, shared or not, or a bucket."""
