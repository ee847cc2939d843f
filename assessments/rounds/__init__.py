"""Rounds: opening, closing, and the questionnaire version that they use."""
