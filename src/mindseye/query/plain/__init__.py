"""Plain language: dates, places and orders said in a sentence become filters, without a model."""
