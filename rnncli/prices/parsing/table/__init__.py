"""Cells to numbers and dates: one table of rows for each file, then joined."""
