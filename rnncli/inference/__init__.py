"""A trained network over many series: states, outputs, sampled paths, quantiles."""
