"""``make run``: the whole desk on one machine, as one process tree under one supervisor."""
