"""Reads behind the bureau's pages. Every one starts from a `Cohort`, which is what a person may see."""
