"""Pages about the model for staff."""
