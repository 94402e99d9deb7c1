"""Results as tables and pictures for people, as CSV and JSON for programs; computes nothing."""
