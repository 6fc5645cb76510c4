"""Models under audit, as an attacker meets them: records in, outputs out."""
