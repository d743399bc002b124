"""Tables on the disk, written line by line in constant memory."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import xlsxwriter

from tickets.rules.spreadsheets import csv_line, plain

SHEET_LINES = 1_048_576  # what a sheet of XLSX can hold; the rest goes on the next one


class CsvTable:
    """UTF-8 with a mark at the beginning, which Excel needs to believe it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")

    def __enter__(self) -> "CsvTable":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def write(self, values: Sequence[Any]) -> None:
        self._file.write(csv_line([plain(value) if isinstance(value, str) else value for value in values]))


class XlsxTable:
    """Sheets of as many lines as they can hold, each with the header."""

    def __init__(self, path: Path, most: int = SHEET_LINES) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._sheet: Any = None
        self._line, self._most = 0, most
        self._header: Sequence[Any] = ()

    def __enter__(self) -> "XlsxTable":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._book.close()

    def write(self, values: Sequence[Any]) -> None:
        if self._sheet is None or self._line >= self._most:
            self._sheet, self._line = self._book.add_worksheet(), 0
            if self._header:
                self._put(self._header)
            self._header = self._header or values
        self._put(values)

    def _put(self, values: Sequence[Any]) -> None:
        for column, value in enumerate(values):
            if isinstance(value, str):
                self._sheet.write_string(self._line, column, value[:32767])
            elif value is not None:
                self._sheet.write(self._line, column, value)
        self._line += 1
