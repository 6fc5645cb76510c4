"""Mathematics that several packages share: sums, ranks, counts, densities and bounds. It knows no models."""
