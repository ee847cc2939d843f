"""Scores of submissions: computing, storing, replaying and comparing them."""
