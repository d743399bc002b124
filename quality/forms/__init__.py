"""What comes in, a module for each noun."""
