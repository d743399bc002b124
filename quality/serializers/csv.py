"""Lines of a table as spreadsheets read them."""

from tickets.rules.spreadsheets import csv_line

__all__ = ["csv_line"]
