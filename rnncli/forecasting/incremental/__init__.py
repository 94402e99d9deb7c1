"""Forecasts that go on from where the last run stopped, or row by row."""
