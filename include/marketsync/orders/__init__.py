"""Orders: what is ordered, kept back, asked for and done, whatever marketplace it comes from."""
