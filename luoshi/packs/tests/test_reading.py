"""Reading YAML: what is understood, what is refused, and that nothing makes the reader fall over."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from luoshi.packs.flaws import Mark
from luoshi.packs.reading import DEEPEST, LARGEST_FILE, read


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def data(text: str) -> object:
    tree = read(text.encode())
    assert not tree.flaws, tree.flaws
    return tree.data


def flaw(source: str | bytes) -> tuple[int, str]:
    tree = read(source.encode() if isinstance(source, str) else source)
    assert len(tree.flaws) == 1, tree.flaws
    only = tree.flaws[0]
    return (only.mark.line if only.mark else 0), only.message


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("12", 12),
        ("-3", -3),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("1.10", "1.10"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("'12'", "12"),
        ("'true'", "true"),
        ("2023-09-04", date(2023, 9, 4)),
        ("'2023-09-04'", "2023-09-04"),
        ("9" * 16, "9" * 16),
        ("=", "="),
    ],
)
def test_a_plain_value_is_what_it_looks_like_and_nothing_more(written, value):
    found = data(f"a: {written}")
    assert found == {"a": value}
    assert type(found["a"]) is type(value)


def test_every_node_knows_its_line_and_column():
    tree = read(b"a: 1\nlist:\n  - b: 2\n    c: [x, y]\n")
    assert tree.marks[("a",)] == Mark(1, 1)
    assert tree.marks[("list", 0)] == Mark(3, 5)
    assert tree.marks[("list", 0, "c")] == Mark(4, 5)
    assert tree.marks[("list", 0, "c", 1)] == Mark(4, 12)


def test_a_byte_order_mark_and_windows_line_ends_are_read():
    assert read(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n").data == {"a": 1, "b": 2}


def test_a_repeated_part_is_read_in_full():
    assert data("a: &x {b: 1}\nc: *x\n") == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("a: 1\nb: 2\na: 3\n", 3, "stands twice; first in line 1"),
        ("a:\n\tb: 1\n", 2, "A tab"),
        ("a: b: c\n", 1, "second colon"),
        ("a: 1\n b: 2\n", 2, "second colon"),
        ("a:\n  - 1\n b: 2\n", 3, "indentation"),
        ("a: 'open\n", 2, "Close the quotes"),
        ("a: [1, 2\nb: 3\n", 2, "comma or the closing bracket"),
        ("a: @x\n", 1, "Put the text in quotes"),
        ('a: "\\q"\n', 1, "Use single quotes"),
        ('a: "\\U00110000"\n', 1, "no character"),
        ("a: 2023-02-30\n", 1, "no day 2023-02-30"),
        ("a:\n", 1, "Nothing is written"),
        ("a: ~\n", 1, "Nothing is written"),
        ("a: !!python/object:os.system x\n", 1, "Tags"),
        ("a: !custom {b: 1}\n", 1, "Tags"),
        ("a: &x {<<: 1}\n", 1, "Merging"),
        ("? [a, b]\n: c\n", 1, "A key is one word"),
        ("? &a x\n: c\n? *a\n: d\n", 3, "A key is one word"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: *nowhere\n", 1, "no &nowhere before it"),
        ("a: &x [1, *x]\n", 1, "contains itself"),
        ("{a：1}", 1, "full-width colon"),
        ("a: 全\u202e部\n", 1, "U+202E"),
        ("a: 全\u200b部\n", 1, "U+200B"),
        ('a: "\\ud800"\n', 1, "U+D800"),
        ("a: 1\nb: \x07\n", 2, "U+0007"),
        ("a: 1\nb: 甲\u2028乙\n", 2, "U+2028"),
        ("[" * (DEEPEST + 2), 1, "levels deep"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text, line, words):
    found = flaw(text)
    assert found[0] == line
    assert words in found[1]


def test_several_flaws_are_told_at_once():
    tree = read(b"a: 2023-02-30\nb: !x y\na: 1\n")
    assert [each.mark.line for each in tree.flaws if each.mark] == [1, 2, 3]


def test_a_bomb_of_repeated_parts_is_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 10)]
    line, message = flaw("\n".join(lines))
    assert line == 5
    assert "50,000 entries" in message


def test_a_file_of_more_than_a_megabyte_is_refused():
    assert "at most 1,000,000" in flaw(b"#" * (LARGEST_FILE + 1))[1]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding_is_refused(encoding):
    line, message = flaw("a: 1\nb: 主题教育\n".encode(encoding))
    assert "UTF-8" in message
    assert line == (2 if encoding == "gb18030" else 1)


@given(st.text(alphabet=st.sampled_from("ab1：:-? \t\n#[]{}&*!|>'\"%@`,\\Ux0～\u202e\ud7ff"), max_size=80))
def test_any_text_is_read_or_told(text):
    tree = read(text.encode())
    assert tree.data is not None or tree.flaws


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_told(source):
    tree = read(source)
    assert tree.data is not None or tree.flaws
