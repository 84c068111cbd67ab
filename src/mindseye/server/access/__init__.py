"""Who asks, and what they may do: roles, accounts, sessions, tokens, links to albums."""
