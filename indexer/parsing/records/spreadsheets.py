"""Spreadsheets (XLSX): one article in each row of each sheet."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import chain, islice

from indexer.errors import ParseError
from indexer.parsing.containers.members import bomb
from indexer.parsing.containers.zip_files import ZIP_DAMAGE, opened_zip
from indexer.parsing.records.json_stream import Found
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.records.reader import FromRecords, records_of
from indexer.parsing.records.tables import SAMPLE, UNKNOWN_COLUMNS, columns, named_rows
from indexer.parsing.resource import Resource

# Of XML that is none Python says SyntaxError.
_DAMAGE = (*ZIP_DAMAGE, KeyError, ValueError, TypeError, AttributeError, SyntaxError)


def read_spreadsheet(resource: Resource, fields: FieldMap) -> Iterator[FromRecords]:
    """The articles of a workbook; sheets without rows are left out.

    Raises:
        ParseError: it is damaged; what came before was given.
    """
    # Every command would wait for it.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    with opened_zip(resource) as (stream, file):
        for member in file.infolist():
            if fault := bomb(member.compress_size, member.file_size):
                raise ParseError(resource.address_of(member.filename), fault)
        try:
            with warnings.catch_warnings():
                # On styles and charts, which nobody asked for.
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            for sheet in book.worksheets:
                place = resource.address_of(sheet.title)
                yield from records_of(_rows(_texts(sheet), place, fields), place, fields)
        except (InvalidFileException, *_DAMAGE) as error:
            reason = " ".join(str(error).split())[:120]
            raise ParseError(
                resource.address, f"the spreadsheet is damaged or cut off: {reason}"
            ) from error


def _rows(rows: Iterator[list[str]], place: str, fields: FieldMap) -> Iterator[Found | ParseError]:
    first = list(islice(rows, SAMPLE))
    if not any(any(row) for row in first):
        return
    names, has_header = columns(first, fields)
    if names:
        yield from named_rows(chain(first, rows), names, place, skip=has_header)
    else:
        yield ParseError(place, UNKNOWN_COLUMNS)


def _texts(sheet: object) -> Iterator[list[str]]:
    for row in sheet.iter_rows(values_only=True):  # type: ignore[attr-defined]
        yield [_text(value) for value in row]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            # A cell of a day is a moment at midnight.
            return value.date().isoformat() if value.time() == time() else value.isoformat()
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
