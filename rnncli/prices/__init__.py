"""Prices of many series, each of its own length: read, checked, streamed, dated ahead."""
