"""How fast the text check reads, against the least that could be done: a regular expression, cn2an and a stop list.

Prints the ratio of the two on 30 KB, whether time grows in proportion to 10 MB, and how much memory 10 MB take:

    python -m benchmarks.textcheck
"""

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cn2an

import luoshi.reports.textcheck.tests as texts
from luoshi.reports.textcheck import read

CORPUS = Path(texts.__file__).parent / "corpus"
CLASSIFIERS = "个|名|人|家|户|项|条|件|次|期|场|批|份|册|台|辆|座|处|亩|公里|平方米|吨|元|%|年|个月|天|小时|岁"
NUMBER = re.compile(rf"([\d,.]+|[零一二两三四五六七八九十百千]+)([十百千万亿]*)(余|多)?({CLASSIFIERS})")
STOP = {"一个", "一批", "一项", "一条", "一次", "一年", "一名", "两个"}


def plain(text: str) -> list[tuple[int, int, float]]:
    """The named alternative: every numeral with a classifier that is on no stop list; neither organisation nor role nor noun."""
    found = []
    for match in NUMBER.finditer(text):
        if match.group() in STOP:
            continue
        try:
            value = cn2an.cn2an((match.group(1) + match.group(2)).replace(",", "").rstrip("."), "smart")
        except ValueError:
            continue
        found.append((match.start(), match.end(), float(value)))
    return found


def sample(size: int) -> str:
    """Annotated texts, one after the other, until `size` bytes of UTF-8."""
    texts = [path.read_text(encoding="utf-8").split("\n\n", 1)[1] for path in sorted(CORPUS.glob("*.txt"))]
    joined = "\n".join(texts)
    once = len(joined.encode())
    return "\n".join([joined] * (size // once + 1)).encode()[:size].decode(errors="ignore")


def seconds(task: Callable[[str], object], text: str, *, times: int = 5) -> float:
    """The best of several runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        task(text)
        best = min(best, time.perf_counter() - start)
    return best


def large(size: int) -> None:
    """One reading in this process alone, so that its memory is its own."""
    text = sample(size)
    start = time.perf_counter()
    count = len(read(text).statements)
    took = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": took, "megabytes": memory, "statements": count}))


def alone(size: int) -> dict[str, float]:
    printed = subprocess.run(
        [sys.executable, "-m", "benchmarks.textcheck", str(size)], capture_output=True, text=True, check=True
    ).stdout
    result: dict[str, float] = json.loads(printed)
    return result


def main() -> None:
    if len(sys.argv) > 1:
        large(int(sys.argv[1]))
        return
    small = sample(30_000)
    read(small)
    ours, theirs = seconds(read, small), seconds(plain, small)
    print(
        f"30 KB: reading {ours * 1000:.0f} ms, regex + cn2an + stop list {theirs * 1000:.0f} ms, ratio {ours / theirs:.1f}"
    )
    one, ten = alone(1_000_000), alone(10_000_000)
    ratio = ten["seconds"] / one["seconds"] / 10
    print(f"1 MB {one['seconds']:.1f} s, 10 MB {ten['seconds']:.1f} s: {ratio:.2f} × proportional")
    print(f"10 MB: {ten['megabytes']:.0f} MB of memory at most for {ten['statements']} statements")


if __name__ == "__main__":
    main()
