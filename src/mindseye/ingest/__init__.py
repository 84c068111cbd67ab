"""Ingest: folders are scanned, pictures decoded, read and encoded, and all of it is stored."""
