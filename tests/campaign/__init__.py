"""The campaign: the whole desk as real processes, broken under load, and every promise counted afterwards."""
