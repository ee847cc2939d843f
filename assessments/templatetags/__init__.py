"""What the templates of companies say besides their own context."""
