"""The command line: people's words become Library calls, and values become lines or JSON."""
