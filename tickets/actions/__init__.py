"""Every write of the work: verbs on tickets, letters and jobs."""
