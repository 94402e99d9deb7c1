"""Recorded forecasts, and their scores once the actual prices are known."""
