"""What a cell says: numbers and dates in the notations of many countries."""
