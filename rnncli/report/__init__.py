"""Results as tables for people, and as CSV and JSON for programs; nothing is computed here."""
