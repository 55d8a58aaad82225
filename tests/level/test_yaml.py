"""YAML is read under the 1.2 core schema, and what could grow, recurse or surprise is refused at once."""

from __future__ import annotations

import gc
import time

import pytest

from drill.level.errors import LevelError
from drill.level.yaml_tree import MAX_BYTES, parse


def read(text: str | bytes):
    data = text if isinstance(text, bytes) else text.encode()
    return parse(data, "f.yaml")


def refused(text: str | bytes) -> list[str]:
    gc.freeze()  # what other tests left behind is not looked through again and again meanwhile
    began = time.process_time()
    with pytest.raises(LevelError) as caught:
        read(text)
    took = time.process_time() - began
    gc.unfreeze()
    assert took < 0.2
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("on", "on"), ("Off", "Off"), ("yes", "yes"), ("NO", "NO"), ("y", "y"), ("5:00", "5:00"), ("1_000", "1_000"),
        ("2024-01-01", "2024-01-01"), ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("12", 12), ("-3", -3), ("0o17", 15), ("0x1F", 31), ("010", 10), ("1.5", 1.5), ("1e3", 1000.0), (".5", 0.5),
        ("1.", 1.0), ("+.5", 0.5), ("0b11", "0b11"), ("'12'", "12"), ('"true"', "true"), ("250/s", "250/s"),
        ("$0.20", "$0.20"), ("=", "="), ("-", "-") ,
    ],
)  # fmt: skip
def test_scalars_follow_the_core_schema(written, means):
    found = read(f"a: {written}\n" if written != "-" else "a: '-'").root.plain()["a"]
    assert found == means and type(found) is type(means)


def test_every_value_knows_its_place():
    root = read("a: 1\nb:\n  - x\n  - {c: 2}\n").root
    c = root.get("b", 1, "c")
    assert (c.value, c.at, c.key) == (2, ("f.yaml", 4, 9), ("f.yaml", 4, 6))
    assert root.get("b", 5) is None and root.get("b", "c") is None
    assert root.nearest(("b", 1, "gone", 3)).at == ("f.yaml", 4, 5)


def test_traps_of_other_yaml_tools_are_noted():
    notes = read("a: on\nb: 5:00\nc: 010\nd: 1_000\ne: 'on'\nno: 1\n").notes
    assert [n.line for n in notes] == [1, 2, 3, 4, 6]


def test_text_is_cleaned_where_it_enters():
    tree = read('a: "\\e[31mred\\e[0m \\u202Eevil\\u200B\\x07 \\x9b1mtab\\tnew\\nline"\n"k\\x1b[mey": 1\n')
    assert tree.root.plain() == {"a": "red evil tab\tnew\nline", "key": 1}
    assert len(tree.notes) == 2


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a: 1\na: 2\n", "2:1", "`a` is here twice (first in line 1); keep one"),
        ("a: {b: 1, b: 2}\n", "1:11", "`b` is here twice"),
        ('ab: 1\n"a\\e[1mb": 2\n', "2:1", "`ab` is here twice"),
        ("a: &x [1]\nb: *x\n", "1:4", "an anchor (&x)"),
        ("a: *x\n", "1:4", "an alias (*x)"),
        ("<<: {a: 1}\n", "1:1", "a merge key"),
        ("a: !!python/object:os.system x\n", "1:4", "a tag"),
        ("a: !x 1\n", "1:4", "a tag"),
        ("a: 1\n---\nb: 2\n", "3:1", "a second document"),
        ("? [a]\n: 1\n", "1:3", "a list or a map as a key"),
        ('"": 1\n', "1:1", "a key without a name"),
        ("null: 1\n", "1:1", "a key without a name"),
        ("- a\n", "1:1", "a level is a map"),
        ("", "1:1", "the file is empty"),
        ("# only words\n", "1:1", "the file is empty"),
        ("a: [1\n", "2:1", "not valid YAML"),
        ("a: 'x\n", "2:1", "not valid YAML"),
        ("\ta: 1\n", "1:1", "not valid YAML"),
        ("é: 1\nb: \x01\n", "2:4", "a control character"),
        (b"a: 1\nb: caf\xe9\n", "2:7", "not UTF-8"),
        (b"\xff\xfea\x00:\x00", "1:1", "not UTF-8"),
        ("a: .inf\n", "1:4", "too large a number"),
        ("a: 1e999\n", "1:4", "too large a number"),
        ("a: " + "9" * 5000, "1:4", "too large a number"),
        ("a: " + "[" * 21 + "]" * 21, "1:23", "nested more than 20 deep"),
    ],
)
def test_what_the_format_leaves_out_is_refused(text, place, says):
    lines = refused(text)
    assert any(line.startswith(f"f.yaml:{place}: ") and says in line for line in lines), lines
    assert all(line.isprintable() for line in lines)


LAUGHS = "a0: &a0 [ha]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        "a: " + "x" * MAX_BYTES,
        "[" + "1," * 500_000,
        "{" * 500_000,
        "- " * 500_000,
        "? " * 500_000,
        "a: '" + "\n" * 900_000,
        "a: [" + '"' * 900_000,
        "\n".join(f"k{i}: 1" for i in range(90_000)),
        "a: 1\n" * 150_000,
        "&a " * 300_000,
        "!" * 1_000_000,
        "%" * 1_000_000,
        ("a" * 1000 + ":\n") * 1000,
    ],
    ids=lambda text: text[:8],
)
def test_bombs_are_refused_in_no_time(text):
    assert len(refused(text)) <= 100


def test_a_byte_order_mark_and_windows_lines_are_fine():
    assert read(b"\xef\xbb\xbfa: 1\r\nb: x\r\n").root.plain() == {"a": 1, "b": "x"}
