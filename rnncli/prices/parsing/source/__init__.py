"""Bytes of a price file: paths, limits, compression, encoding, text."""
