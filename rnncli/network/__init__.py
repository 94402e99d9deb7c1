"""The network: layers and a head over one flat parameter vector, forward and backward."""
