"""Pages of the desk: the inbox, borrowers, reports, the shift."""
