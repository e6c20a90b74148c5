"""Edits touch only what they must."""

import string
from pathlib import Path

import pytest
from document_standards import EXAMPLES, needs_standards
from hypothesis import given, settings
from hypothesis import strategies as st

from meshwright.documents.edit import insert_item, remove_value, set_value
from meshwright.documents.yaml_text import parse
from meshwright.errors import UsageError

TEXT = """# a contract
version: 1.0.0   # the version
name: 'x'
list:
- a   # first
# about b
- b: 1
  c: 2
flow: {a: 1, b: [1, 2]}
empty:
text: |
  hello
  world

last: "q\""""

_keys = st.text(string.ascii_letters + string.digits + "_ -:#'", min_size=1, max_size=8)
_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.sampled_from(
        ["yes", "no", "2013-01-01", "1.0", "1.0.0", "~", "- a", "a: b", "#", "0x1f", ".5"]
    ),
)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=12,
)
_documents = st.dictionaries(_keys, _values, min_size=1, max_size=5)


def read(text: str) -> object:
    document = parse("t", text.encode())
    assert not document.problems, (text, document.problems)
    return document.raw


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.split("\n"), after.split("\n")
    return [line for line in old if line not in new], [line for line in new if line not in old]


def paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        found += paths(item, (*path, key))
    return found


def at(value: object, path: tuple[str | int, ...]) -> object:
    for part in path:
        value = value[part]  # type: ignore[index]
    return value


def test_a_value_keeps_its_comment_and_its_line() -> None:
    after = set_value(TEXT, ("version",), "2.0.0")
    assert changed_lines(TEXT, after) == (
        ["version: 1.0.0   # the version"],
        ["version: 2.0.0   # the version"],
    )


def test_a_quoted_value_keeps_its_quotes() -> None:
    assert "name: 'it''s'" in set_value(TEXT, ("name",), "it's")


def test_a_new_key_goes_below_its_siblings() -> None:
    assert changed_lines(TEXT, set_value(TEXT, ("list", 1, "d"), "no")) == ([], ['  d: "no"'])


def test_a_text_without_a_final_newline_stays_so() -> None:
    after = set_value(TEXT, ("new",), True)
    assert after == TEXT + "\nnew: true"


def test_windows_line_ends_stay() -> None:
    text = "a: 1\r\nb: 2\r\n"
    assert set_value(text, ("c",), {"d": {"e": 1}}) == text + "c:\r\n  d: {e: 1}\r\n"
    assert remove_value(text, ("a",)) == "b: 2\r\n"


def test_an_item_is_inserted_where_it_is_asked_for() -> None:
    assert changed_lines(TEXT, insert_item(TEXT, ("list",), "z", 0)) == ([], ["- z"])
    assert "b: [1, 3, 2]" in insert_item(TEXT, ("flow", "b"), 3, 1)


def test_a_removed_key_takes_its_lines_along() -> None:
    assert changed_lines(TEXT, remove_value(TEXT, ("text",)))[0] == [
        "text: |",
        "  hello",
        "  world",
    ]
    assert remove_value("a: 1\nb: 2", ("b",)) == "a: 1"


def test_an_edit_of_a_place_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError):
        set_value(TEXT, ("nothing", "here"), 1)
    assert remove_value(TEXT, ("nothing",)) == TEXT


@needs_standards
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_official_examples_come_back_byte_for_byte_after_an_edit_that_changes_nothing(
    file: Path,
) -> None:
    text = file.read_bytes().decode()
    raw = read(text)
    for path in paths(raw)[:40]:
        assert set_value(text, path, at(raw, path)).encode() == file.read_bytes()


@needs_standards
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_edit_of_an_official_example_changes_one_line(file: Path) -> None:
    text = file.read_bytes().decode()
    after = set_value(text, ("status",), "changed")
    assert len(changed_lines(text, after)[1]) == 1
    assert read(after) == {**read(text), "status": "changed"}  # type: ignore[dict-item]


@settings(deadline=None)
@given(document=_documents, value=_values, data=st.data())
def test_whatever_is_set_is_read_back(
    document: dict[str, object], value: object, data: st.DataObject
) -> None:
    text = set_value("seed: 1\n", (), document)
    assert repr(read(text)) == repr(document)
    path = data.draw(st.sampled_from(paths(document)))
    after = set_value(text, path, value)
    assert repr(at(read(after), path)) == repr(value)
    assert set_value(after, path, at(document, path)) is not None
    assert repr(read(set_value(after, path, at(document, path)))) == repr(document)


@settings(deadline=None)
@given(document=_documents, data=st.data())
def test_whatever_is_removed_is_gone_and_the_rest_stays(
    document: dict[str, object], data: st.DataObject
) -> None:
    text = set_value("seed: 1\n", (), document)
    path = data.draw(st.sampled_from(paths(document)))
    after = read(remove_value(text, path))
    before = at(document, path[:-1])
    rest = at(after, path[:-1])
    assert len(rest) == len(before) - 1  # type: ignore[arg-type]


@settings(deadline=None)
@given(document=_documents, value=_values, data=st.data())
def test_whatever_is_inserted_stands_where_it_was_asked_for(
    document: dict[str, object], value: object, data: st.DataObject
) -> None:
    lists = [p for p in paths(document) if isinstance(at(document, p), list)]
    if not lists:
        return
    text = set_value("seed: 1\n", (), document)
    path = data.draw(st.sampled_from(lists))
    items = at(document, path)
    index = data.draw(st.integers(0, len(items)))  # type: ignore[arg-type]
    after = at(read(insert_item(text, path, value, index)), path)
    assert repr(after) == repr([*items[:index], value, *items[index:]])  # type: ignore[index]
