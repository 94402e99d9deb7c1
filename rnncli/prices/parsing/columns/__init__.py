"""Which column holds what: dates, symbols, prices, and what refuses to be any."""
