"""Readers, one module per layer of metadata; `mindseye.media.read` runs and merges them."""
