"""Records of users: what they are called, and which are there twice."""
