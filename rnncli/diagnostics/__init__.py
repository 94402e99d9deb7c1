"""The state of the installation: versions, compiled kernels, warm-up."""
