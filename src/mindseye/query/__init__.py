"""Queries: words typed by a user become a value that says what to look for."""
