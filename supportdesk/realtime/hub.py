"""One hub per process (to be written)."""
