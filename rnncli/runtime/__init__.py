"""How work is run on this machine and others: threads, processes, clusters, timing, event log."""
