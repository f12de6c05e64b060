"""`python -m luoshi.reports.textcheck FILE [--json]` — reads a text; needs no database."""

import argparse
import json
import sys
from pathlib import Path
from typing import TextIO

from luoshi.reports.textcheck import read
from luoshi.reports.textcheck.documents import Unreadable, open_document
from luoshi.reports.textcheck.listing import contradiction_record, statement_record, table
from luoshi.reports.textcheck.statement import Reading


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m luoshi.reports.textcheck", description="Reads the numbers of a Chinese work summary."
    )
    parser.add_argument("file", type=Path, help="a .txt (UTF-8 or GB18030) or .docx file")
    parser.add_argument("--json", action="store_true", help="print statements and contradictions as JSON")
    options = parser.parse_args(arguments)
    try:
        document = open_document(_bytes(options.file), name=options.file.name)
    except Unreadable as unreadable:
        print(unreadable.message(), file=sys.stderr)  # noqa: T201
        return 2
    reading = read(document.text)
    if options.json:
        print_json(reading, sys.stdout)
    else:
        sys.stdout.writelines(f"{line}\n" for line in table(reading))
    for note in document.notes:
        print(note, file=sys.stderr)  # noqa: T201
    return 0


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable("absent", name=str(path)) from error


def print_json(reading: Reading, stream: TextIO) -> None:
    """{"statements": […], "contradictions": […]}, written piece by piece: a long text makes many statements."""
    stream.write('{"statements": [')
    for n, statement in enumerate(reading.statements):
        stream.write((",\n" if n else "\n") + json.dumps(statement_record(statement), ensure_ascii=False))
    stream.write('],\n"contradictions": [')
    for n, contradiction in enumerate(reading.contradictions):
        stream.write(
            (",\n" if n else "\n") + json.dumps(contradiction_record(contradiction, reading), ensure_ascii=False)
        )
    stream.write("]}\n")


if __name__ == "__main__":
    sys.exit(main())
