"""Gradient reports: by parameter and by lag, comparisons, the unrolled network."""
