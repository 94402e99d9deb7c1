"""What is wrong with rows that were read: order, duplicates, jumps, truncation."""
