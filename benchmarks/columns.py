"""All units' values of 40 indicators from the columns, against one memcpy of the same bytes; and one figure among them.

    python -m benchmarks.columns [--units 130000] [--indicators 40]

The columns are those of the product (luoshi/figures/columns.py) over a random tree of seven levels; no database is needed.
Goal: at most 6 × the memcpy.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.site.settings_test")
import django

django.setup()

import numpy as np  # noqa: E402

from luoshi.figures.columns import Columns  # noqa: E402
from luoshi.orgs.seats import Seats  # noqa: E402
from luoshi.orgs.tree import Tree, build  # noqa: E402


def random_tree(units: int, seed: int = 7) -> Tree:
    """A province: levels with fan-outs like 14 cities, 6 counties, 15 townships, 12 villages and their branches."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[int, int | None, int | None, int]] = [(1, None, None, 0)]
    level, number = [1], 1
    for fan in (15, 8, 16, 14, 4, 2):
        below = []
        for parent in level:
            for order in range(int(rng.integers(fan // 2 + 1, fan + fan // 2 + 1))):
                if number >= units:
                    break
                number += 1
                rows.append((number, parent, None, order))
                below.append(number)
        level = below
    while number < units:
        number += 1
        rows.append((number, int(rng.integers(1, number)), None, number))
    return build(date(2023, 11, 23), 1, rows)


def median(body: Callable[[], object], repeats: int = 15) -> float:
    """Median seconds of a call."""
    times = []
    for _each in range(repeats):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=130_000)
    parser.add_argument("--indicators", type=int, default=40)
    options = parser.parse_args()
    tree = random_tree(options.units)
    rng = np.random.default_rng(1)
    own = rng.integers(0, 50, (options.indicators, len(tree)), dtype=np.int64)
    sums = np.zeros((options.indicators, len(tree) + 1), np.int64)
    np.cumsum(own, axis=1, out=sums[:, 1:])
    rows = {indicator: indicator for indicator in range(options.indicators)}
    columns = Columns(tree.on, 1, tree, Seats(tree, {}), rows, sums, sums.copy())
    source = np.ascontiguousarray(own)
    target = np.empty_like(source)
    copy = median(lambda: np.copyto(target, source))
    every = median(lambda: columns.every_unit_of_all(target))
    units = [int(unit) for unit in tree.units[: 15 * 40 : 15]]
    one = median(lambda: [columns.value(3, unit) for unit in units]) / len(units)
    size = source.nbytes / 1e6
    print(f"tree of {len(tree):,} units, {options.indicators} indicators, {size:.0f} MB")
    print(f"memcpy of the same bytes            {copy * 1e3:8.2f} ms   1.0")
    print(f"all units' values of all indicators {every * 1e3:8.2f} ms   {every / copy:.1f} × memcpy   goal ≤ 6")
    print(f"one figure of one unit              {one * 1e6:8.2f} µs")


if __name__ == "__main__":
    main()
