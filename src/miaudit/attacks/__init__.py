"""The attacks, one per file: pure functions of the evidence. Higher score always means more likely a member."""
