"""Vectors: the eight leaves of the Certificate Transparency reference implementation, with its roots and proofs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.journal import merkle
from luoshi.journal.merkle import Range

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
HASHES = merkle.leaf_hashes(LEAVES)
ROOTS = [
    bytes.fromhex(root)
    for root in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}

hash_lists = st.lists(st.binary(min_size=32, max_size=32), max_size=70)
some_hashes = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def test_the_roots_of_the_reference_tree():
    assert [merkle.root(HASHES[: size + 1]) for size in range(8)] == ROOTS
    assert merkle.root([]) == merkle.EMPTY_ROOT
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_inclusion_proofs_of_the_reference_tree(index, size):
    proof = merkle.inclusion_proof(HASHES, index, size)
    assert [one.hex() for one in proof] == INCLUSION[index, size]
    assert merkle.verify_inclusion(HASHES[index], index, size, proof, ROOTS[size - 1])


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_the_consistency_proofs_of_the_reference_tree(old, new):
    proof = merkle.consistency_proof(HASHES, old, new)
    assert [one.hex() for one in proof] == CONSISTENCY[old, new]
    assert merkle.verify_consistency(old, new, ROOTS[old - 1], ROOTS[new - 1], proof)


def recursive_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else merkle.EMPTY_ROOT
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return merkle.node_hash(recursive_root(hashes[:split]), recursive_root(hashes[split:]))


@given(hash_lists)
def test_the_root_is_that_of_the_definition(hashes):
    assert merkle.root(hashes) == recursive_root(hashes)


@given(hash_lists, st.data())
def test_a_range_grows_to_the_same_root_in_any_steps(hashes, data):
    cut = data.draw(st.integers(0, len(hashes)))
    grown = Range()
    for one in hashes[:cut]:
        grown.append(one)
    stored = Range.from_bytes(grown.to_bytes())
    assert stored == grown
    stored.extend(hashes[cut:])
    assert (stored.size, stored.root()) == (len(hashes), merkle.root(hashes))
    assert Range(stored.size, stored.hashes) == stored


@given(some_hashes, st.data())
def test_every_leaf_is_proved_to_be_where_it_is_and_nowhere_else(hashes, data):
    size = data.draw(st.integers(1, len(hashes)))
    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(hashes, index, size), merkle.root(hashes[:size])
    assert merkle.verify_inclusion(hashes[index], index, size, proof, root)

    elsewhere = data.draw(st.integers(-1, size).filter(lambda other: other != index))
    if not 0 <= elsewhere < size or hashes[elsewhere] != hashes[index]:
        assert not merkle.verify_inclusion(hashes[index], elsewhere, size, proof, root)
    assert not merkle.verify_inclusion(spoilt(hashes[index]), index, size, proof, root)
    assert not merkle.verify_inclusion(hashes[index], index, size, proof, spoilt(root))
    assert not merkle.verify_inclusion(hashes[index], index, size, [*proof, root], root)
    if proof:
        assert not merkle.verify_inclusion(hashes[index], index, size, proof[:-1], root)
        assert not merkle.verify_inclusion(hashes[index], index, size, spoil_one(proof, data), root)


@given(some_hashes, st.data())
def test_a_tree_is_proved_to_begin_with_every_earlier_one_and_with_no_other(hashes, data):
    new = data.draw(st.integers(1, len(hashes)))
    old = data.draw(st.integers(0, new))
    proof = merkle.consistency_proof(hashes, old, new)
    roots = merkle.root(hashes[:old]), merkle.root(hashes[:new])
    assert merkle.verify_consistency(old, new, *roots, proof)

    assert not merkle.verify_consistency(old, new, spoilt(roots[0]), roots[1], proof)
    assert not merkle.verify_consistency(old, new, *roots, [*proof, roots[1]])
    if old:
        assert not merkle.verify_consistency(old, new, roots[0], spoilt(roots[1]), proof)
    if proof:
        assert not merkle.verify_consistency(old, new, *roots, proof[:-1])
        assert not merkle.verify_consistency(old, new, *roots, spoil_one(proof, data))


@given(st.integers(1, 2**40), st.data())
def test_proofs_are_as_short_as_the_tree_is_high(size, data):
    index = data.draw(st.integers(0, size - 1))
    spans = merkle.inclusion_spans(index, size)
    assert len(spans) <= (size - 1).bit_length()
    assert sum(end - start for start, end in spans) == size - 1, "together with the leaf itself they cover the tree"
    assert len(merkle.consistency_spans(index, size)) <= (size - 1).bit_length() + 1


def test_a_node_is_never_taken_for_a_leaf():
    two = merkle.root(HASHES[:2])
    assert merkle.leaf_hash(HASHES[0] + HASHES[1]) != two
    assert not merkle.verify_inclusion(two, 0, 1, [], merkle.root(HASHES[:4]))


@pytest.mark.parametrize("size", [0, 1, 8])
def test_a_proof_with_a_hash_of_the_wrong_length_fails(size):
    assert not merkle.verify_inclusion(HASHES[0], 0, size, [b"short"], ROOTS[7])
    assert not merkle.verify_consistency(1, size, ROOTS[0], ROOTS[7], [b"short"])


@pytest.mark.parametrize(("old", "new"), [(3, 2), (-1, 2), (0, 9), (9, 9)])
def test_there_is_no_proof_between_trees_that_do_not_exist(old, new):
    with pytest.raises(ValueError, match="leaves"):
        merkle.consistency_proof(HASHES, old, new)


@pytest.mark.parametrize(("index", "size"), [(8, 8), (-1, 8), (0, 0), (0, 9)])
def test_there_is_no_proof_for_a_leaf_that_does_not_exist(index, size):
    with pytest.raises(ValueError, match="tree of"):
        merkle.inclusion_proof(HASHES, index, size)


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 7, b"\0" * 7 + b"\1", b"\0" * 40, b"\0" * 7 + b"\3" + b"x" * 32, b"\0" * 7 + b"\1" + b"x" * 33],
)
def test_bytes_that_are_no_compact_range_are_refused(data):
    with pytest.raises(ValueError, match="compact range"):
        Range.from_bytes(data)


def test_the_empty_tree_begins_every_tree():
    assert merkle.consistency_proof(HASHES, 0) == []
    assert merkle.verify_consistency(0, 8, merkle.EMPTY_ROOT, ROOTS[7], [])
    assert merkle.verify_consistency(0, 0, merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, [])
    assert not merkle.verify_consistency(0, 0, ROOTS[0], ROOTS[0], [])


def spoilt(one: bytes) -> bytes:
    return bytes([one[0] ^ 1]) + one[1:]


def spoil_one(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    place = data.draw(st.integers(0, len(proof) - 1))
    return [*proof[:place], spoilt(proof[place]), *proof[place + 1 :]]
