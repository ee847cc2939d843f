"""Monthly briefings: a sample of the cohort, figures counted from it, and sentences that say what they show."""
