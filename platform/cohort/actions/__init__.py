"""Writes of the bureau's side."""
