"""The words of price files: column names, months, marks of missing values."""
