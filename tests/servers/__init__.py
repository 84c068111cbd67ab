"""Real database servers for tests, started once a session and thrown away."""
