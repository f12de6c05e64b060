"""Reports per second: ours against docxtpl and python-docx on the same text, and against the zip alone.

    python benchmarks/word.py [--seconds 5]

Eight pages, six tables, 96 quoted figures. docxtpl fills a template that holds the same document; python-docx builds the
same paragraphs and cells without their layout, so it does less. Ours includes the list of figures, two QR codes and the
seal, which the others do not have; the checkpoint's QR code is made once, as for reports under one checkpoint.
"""

import argparse
import hashlib
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime

import docx
from docxtpl import DocxTemplate

from luoshi.journal import note
from luoshi.reports.outline import (
    Align,
    Blocks,
    Column,
    Heading,
    Outline,
    Paragraph,
    Quote,
    Run,
    Runs,
    Table,
    Text,
    numbered,
    run_text,
)
from luoshi.reports.seal import Sealed, content_of, read_seal
from luoshi.reports.verification import check_text
from luoshi.reports.word.document import write_report
from luoshi.reports.word.package import opened, pack

AS_OF = datetime(2023, 11, 20, 10, tzinfo=UTC)
SENTENCE = "各单位按照部署要求，一边学、一边查、一边改，推动各项任务落到实处，取得了阶段性成效。"


def quote(value: int) -> Quote:
    return Quote(
        printed=str(value),
        code=f"indicator.{value}",
        title=f"指标{value}",
        definition="在册单位中至少有一条记录的个数",
        unit="云岭县",
        numerator=value,
        indicator_sha256=hashlib.sha256(str(value).encode()).hexdigest(),
        as_of=AS_OF,
        position=47_988,
    )


def table(first: int) -> Table:
    def cell(run: Run) -> Runs:
        return (run,)

    columns = (Column(heads=("单位",)), *(Column(heads=("问题", head), align=Align.RIGHT) for head in ("存量", "增量")))
    rows = tuple(
        (cell(Text(text=f"第{at}乡镇")), cell(quote(first + at) if at < 10 else Text(text="—")), cell(Text(text="—")))
        for at in range(20)
    )
    return Table(caption="各乡镇进展", columns=columns, rows=rows)


def report() -> Outline:
    blocks: Blocks = ()
    for part in range(6):
        blocks += (Heading(level=1, text=f"工作{part}"),)
        for at in range(6):
            figure = quote(1000 * (part + 1) + at)
            blocks += (Paragraph(runs=(Text(text="全县"), figure, Text(text=f"个单位完成任务。{SENTENCE * 2}"))),)
        blocks += (table(100 * (part + 1)),)
    return numbered(Outline(title="关于推进情况的报告", addressee="市委", blocks=blocks))


def sealed(outline: Outline) -> Sealed:
    key = note.SigningKey.generate("luoshi.example/journal")
    checkpoint = note.sign(note.Checkpoint(key.name, 48_000, bytes(32)), key)
    content = content_of(outline, unit="云岭县", as_of=AS_OF, position=47_988)
    return Sealed(content=content, checkpoint=checkpoint, checkpoint_number=1279, url="https://luoshi.example/verify/")


def docxtpl_template(outline: Outline) -> tuple[bytes, dict[str, str]]:
    """The same file with a tag in place of each figure in the text."""
    parts = opened(write_report(outline))
    xml, values = parts["word/document.xml"].decode(), {}
    for at in range(36):
        printed = str(1000 * (at // 6 + 1) + at % 6)
        values[f"v{at}"] = printed
        xml = xml.replace(f">{printed}<", f">{{{{ v{at} }}}}<", 1)
    return pack(parts | {"word/document.xml": xml.encode()}), values


def with_docxtpl(template: bytes, values: dict[str, str]) -> bytes:
    document = DocxTemplate(io.BytesIO(template))
    document.render(values)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def with_python_docx(outline: Outline) -> bytes:
    document = docx.Document()
    for block in outline.blocks:
        if isinstance(block, Heading):
            document.add_heading(block.text, block.level)
        elif isinstance(block, Paragraph):
            paragraph = document.add_paragraph()
            for run in block.runs:
                paragraph.add_run(run_text(run))
        else:
            grid = document.add_table(len(block.rows), len(block.columns))
            for row, cells in zip(grid.rows, block.rows, strict=True):
                for place, runs in zip(row.cells, cells, strict=True):
                    place.text = "".join(map(run_text, runs))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def per_second(work: Callable[[], object], seconds: float) -> float:
    work()
    done, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        work()
        done += 1
    return done / elapsed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long each alternative runs")
    seconds = parser.parse_args().seconds
    outline = report()
    seal = sealed(outline)
    data = write_report(outline, seal)
    template, values = docxtpl_template(outline)
    parts = opened(data)
    rates = {
        "ours, sealed": per_second(lambda: write_report(outline, seal), seconds),
        "ours, draft": per_second(lambda: write_report(outline), seconds),
        "docxtpl": per_second(lambda: with_docxtpl(template, values), seconds),
        "python-docx": per_second(lambda: with_python_docx(outline), seconds),
        "zip alone": per_second(lambda: pack(parts), seconds),
        "reading and checking": per_second(lambda: check_text(read_seal(data), data), seconds),
    }
    print(f"{len(data):,} bytes, {len(seal.content.figures)} figures")
    for name, rate in rates.items():
        print(f"{name:22} {rate:8.1f} / s   {rate / rates['docxtpl']:6.2f} × docxtpl")


if __name__ == "__main__":
    main()
