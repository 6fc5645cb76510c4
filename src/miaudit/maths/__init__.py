"""Mathematics that attacks and metrics share; it knows neither records nor models."""
