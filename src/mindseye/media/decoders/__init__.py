"""Decoders, one module per family of formats; `mindseye.media.decode` chooses among them."""
