"""How networks and estimators are trained: recipes and loops."""
