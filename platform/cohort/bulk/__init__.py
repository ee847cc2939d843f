"""Acts on many companies: who is concerned, who is left out and why, and doing it."""
