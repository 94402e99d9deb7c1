"""Training: batches, back-propagation through time, optimisers, validation, checkpoints."""
