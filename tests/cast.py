"""The people in every test: two borrowers, two agents, a supervisor, an administrator."""
