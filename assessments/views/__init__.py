"""The pages on which a company fills in its assessment, submits it and reads the result."""
