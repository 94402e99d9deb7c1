"""Forecasts of the next rows of every symbol."""
