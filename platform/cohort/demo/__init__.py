"""The demonstration: an invented cohort, loaded and scored as a real one is, and served here."""
