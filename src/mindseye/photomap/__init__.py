"""The configuration of PhotoMapAI: its albums are taken over, and written back to it."""
