"""Bulk actions: who is concerned, who is left out and why, and doing it."""
