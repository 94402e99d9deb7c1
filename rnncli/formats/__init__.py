"""What a price file is: bytes, dialect, columns, dates and numbers, each in a module of its own."""
