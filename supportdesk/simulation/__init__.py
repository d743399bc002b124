"""A day at the desk in minutes: simulated borrowers, correspondents and agents at the desk's own front doors."""
