"""Everything that changes facilities and releases."""
