"""The pages of quality, a module for each noun."""
