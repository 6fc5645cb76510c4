"""The attacks, one a file: pure functions of the evidence. Higher score always means more likely a member."""
