"""The Merkle tree of RFC 6962 and RFC 9162: hashes, roots, proofs, verification. No database, no clock, no keys."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import pairwise

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

_LEAF, _NODE = b"\x00", b"\x01"  # told apart, so that no node can be passed off as an entry (RFC 6962, section 2.1)


def leaf_hash(data: bytes) -> bytes:
    return sha256(_LEAF + data).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    return [sha256(_LEAF + data).digest() for data in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of these leaves, in this order."""
    tree = Range()
    tree.extend(leaf_hashes)
    return tree.root()


class Range:
    """A compact range: all that is needed to append to a tree and to know its root.

    It holds one hash for each 1 in the binary size: `hashes` are the roots of the full subtrees from left to right, the
    largest first.
    """

    __slots__ = ("_levels", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        given = list(hashes)
        if size < 0 or len(given) != size.bit_count() or any(len(one) != HASH_BYTES for one in given):
            raise ValueError(f"{len(given)} hashes do not make a compact range of {size} leaves")
        self.size = size
        self._levels = dict(zip(_levels_of(size), reversed(given), strict=True))

    @property
    def hashes(self) -> tuple[bytes, ...]:
        return tuple(self._levels[level] for level in reversed(_levels_of(self.size)))

    def append(self, leaf_hash: bytes) -> None:
        self.extend((leaf_hash,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Append many leaves, a level of the tree at a time: one pass of bare SHA-256 over each level."""
        fresh = list(leaf_hashes)
        self.size += len(fresh)
        level = 0
        while fresh:
            if level in self._levels:
                fresh.insert(0, self._levels.pop(level))
            if len(fresh) % 2:
                self._levels[level] = fresh.pop()
            pairs = iter(fresh)
            fresh = [sha256(_NODE + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
            level += 1

    def root(self) -> bytes:
        if not self.size:
            return EMPTY_ROOT
        smallest, *larger = reversed(self.hashes)
        result = smallest
        for left in larger:
            result = node_hash(left, result)
        return result

    def to_bytes(self) -> bytes:
        """The size as 8 bytes, big-endian, then the hashes."""
        return self.size.to_bytes(8) + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Range":
        """ValueError if these bytes are no compact range."""
        if len(data) < 8:
            raise ValueError("a compact range has at least 8 bytes")
        cuts = range(8, len(data) + HASH_BYTES, HASH_BYTES)
        return cls(int.from_bytes(data[:8]), (data[start:end] for start, end in pairwise(cuts)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and self.size == other.size and self._levels == other._levels

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __repr__(self) -> str:
        return f"Range(size={self.size}, root={self.root().hex()[:16]}…)"


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int, size: int | None = None) -> list[bytes]:
    """The audit path of RFC 9162, section 2.1.3.1, for a leaf in the tree of the first `size` (default: all)."""
    size = len(leaf_hashes) if size is None else size
    _check_held(leaf_hashes, size)
    return [root(leaf_hashes[start:end]) for start, end in inclusion_spans(index, size)]


def consistency_proof(leaf_hashes: Sequence[bytes], old: int, new: int | None = None) -> list[bytes]:
    """The proof of RFC 9162, section 2.1.4.1, that the tree of `new` (default: all) begins with that of `old`."""
    new = len(leaf_hashes) if new is None else new
    _check_held(leaf_hashes, new)
    return [root(leaf_hashes[start:end]) for start, end in consistency_spans(old, new)]


def inclusion_spans(index: int, size: int) -> list[tuple[int, int]]:
    """The leaves [start, end) under each hash of an inclusion proof, in its order.

    A log that stores subtrees looks these up, where `inclusion_proof` hashes all leaves again.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    spans = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[tuple[int, int]]:
    """The leaves [start, end) under each hash of a consistency proof, in its order."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves does not begin with one of {old}")
    if old in (0, new):
        return []
    spans = []
    start, end = 0, new
    while end != old:
        middle = start + _largest_power_below(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:  # otherwise it is the whole old tree, whose root the verifier has
        spans.append((start, end))
    return spans[::-1]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, section 2.1.3.2: is this leaf the one at `index` of the tree of `size` leaves with this root?"""
    if not 0 <= index < size or not _hashes(leaf_hash, root, *proof):
        return False
    node, last, result = index, size - 1, leaf_hash
    for sibling in proof:
        if not last:
            return False
        if node % 2 or node == last:
            result = node_hash(sibling, result)
            while not node % 2 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return not last and result == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162, section 2.1.4.2: does the tree of `new` leaves begin with that of `old`? Any begins with none."""
    if not 0 <= old <= new or not _hashes(old_root, new_root, *proof):
        return False
    if old == new:
        return not proof and old_root == new_root and (old > 0 or old_root == EMPTY_ROOT)
    if not old:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        return False
    node, last = old - 1, new - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    old_result = new_result = path[0]
    for sibling in path[1:]:
        if not last:
            return False
        if node % 2 or node == last:
            old_result, new_result = node_hash(sibling, old_result), node_hash(sibling, new_result)
            while not node % 2 and node:
                node, last = node >> 1, last >> 1
        else:
            new_result = node_hash(new_result, sibling)
        node, last = node >> 1, last >> 1
    return not last and old_result == old_root and new_result == new_root


def _levels_of(size: int) -> list[int]:
    return [level for level in range(size.bit_length()) if size >> level & 1]


def _largest_power_below(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _check_held(leaf_hashes: Sequence[bytes], size: int) -> None:
    if size > len(leaf_hashes):
        raise ValueError(f"a tree of {size} leaves was asked for and only {len(leaf_hashes)} are held")


def _hashes(*candidates: bytes) -> bool:
    return all(len(one) == HASH_BYTES for one in candidates)
