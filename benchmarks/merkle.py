"""How much the Merkle log costs beyond SHA-256 itself: python -m benchmarks.merkle [ENTRIES]

Every figure is the median of five runs, and each ratio has its named alternative measured in the same run. A tree of n
entries takes n leaf hashes and n - 1 node hashes, so the floor is bare hashlib over as many inputs of the same lengths.
"""

import json
import sys
from collections.abc import Callable
from hashlib import sha256
from statistics import median
from time import perf_counter

from luoshi.journal import merkle
from luoshi.journal.merkle import Range
from luoshi.lib import canonical

RUNS = 5
ENTRY = {
    "action": "activity.record",
    "actor": "7d0c51a3",
    "at": "2023-11-22T08:30:00Z",
    "changes": 1,
    "changes_root": "00" * 32,
    "position": 812,
    "subject": "activity:81",
    "unit": 4711,
}


def seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return median(taken)


def bare_hashlib(entries: list[bytes]) -> None:
    node = b"\x01" + bytes(64)
    for entry in entries:
        sha256(entry).digest()
    for _ in range(len(entries) - 1):
        sha256(node).digest()


def in_one_batch(entries: list[bytes]) -> bytes:
    tree = Range()
    tree.extend(merkle.leaf_hashes(entries))
    return tree.root()


def one_by_one(entries: list[bytes]) -> bytes:
    tree = Range()
    for entry in entries:
        tree.append(merkle.leaf_hash(entry))
    return tree.root()


def main(count: int) -> None:
    body = canonical.dumps(ENTRY)
    entries = [body + b"%d" % number for number in range(count)]
    assert in_one_batch(entries) == one_by_one(entries)

    floor = seconds(lambda: bare_hashlib(entries))
    print(f"{count:,} entries of about {len(entries[-1])} bytes, median of {RUNS} runs")
    print(f"bare hashlib, as many hashes      {count / floor:>12,.0f} entries/s   1.00 x")
    for name, work in (("appended in one batch", in_one_batch), ("appended one by one", one_by_one)):
        taken = seconds(lambda work=work: work(entries))  # type: ignore[misc]
        print(f"{name:<33} {count / taken:>12,.0f} entries/s   {taken / floor:.2f} x bare hashlib")

    leaves = merkle.leaf_hashes(entries)
    root = merkle.root(leaves)
    proof = merkle.inclusion_proof(leaves, count // 3)
    one_hash = seconds(lambda: bare_hashlib(entries[:1_000])) / 1_999
    verified = seconds(lambda: [merkle.verify_inclusion(leaves[count // 3], count // 3, count, proof, root)])
    print(
        f"one proof of {len(proof)} hashes verified  {verified * 1e6:>12,.1f} µs        "
        f"{verified / (one_hash * len(proof)):.2f} x its bare hashes"
    )

    plain = seconds(lambda: [json.dumps(ENTRY, sort_keys=True, separators=(",", ":")).encode() for _ in range(20_000)])
    exact = seconds(lambda: [canonical.dumps(ENTRY) for _ in range(20_000)])
    print(f"canonical JSON of an entry        {20_000 / exact:>12,.0f} entries/s   {exact / plain:.2f} x json.dumps")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
