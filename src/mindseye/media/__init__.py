"""Media: a path becomes upright pixels, and metadata that says where each field came from."""
