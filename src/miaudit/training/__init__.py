"""Training of one and of many models, through a store that never trains the same model twice."""
