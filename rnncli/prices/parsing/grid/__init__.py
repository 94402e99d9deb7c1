"""Text to a grid of cells: delimiter, rows, header, lines that hold no data."""
