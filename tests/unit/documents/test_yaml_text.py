"""YAML is read as YAML 1.2 reads it, into JSON values only."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshwright.documents.document import document_from_json, document_to_json
from meshwright.documents.yaml_text import parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2013-01-01", "2013-01-01"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("1.0.0", "1.0.0"),
        ("1.0", 1.0),
        ("12:30:45", "12:30:45"),
        ("0o17", 15),
        ("0x1f", 31),
        ("010", 10),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("=", "="),
    ],
)
def test_a_plain_value_is_what_yaml_1_2_says(text: str, value: Any) -> None:
    document = parse("t", f"a: {text}".encode())
    assert document.raw == {"a": value}
    assert type(document.raw["a"]) is type(value)


def test_keys_are_text_as_written() -> None:
    assert parse("t", b"null: 1\n1: 2\ntrue: 3\n").raw == {"null": 1, "1": 2, "true": 3}


def test_a_merge_key_is_merged_under_the_own_keys() -> None:
    text = b"base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n"
    assert parse("t", text).raw == {"base": {"x": 1, "y": 2}, "own": {"y": 3, "x": 1}}


def test_a_byte_order_mark_is_no_content() -> None:
    assert parse("t", b"\xef\xbb\xbfa: 1\n").raw == {"a": 1}


def test_lines_survive_the_cache() -> None:
    document = parse("t", b"a:\n  - b: 1\n  - c: [x]\n")
    kept = document_from_json("t", json.loads(json.dumps(document_to_json(document))))
    items = kept.raw["a"]  # type: ignore[index,call-overload]
    assert [kept.line_of(item) for item in items] == [2, 3]  # type: ignore[union-attr]


def test_the_line_of_a_key_is_found_and_that_of_a_missing_one_is_its_parent() -> None:
    document = parse("t", b"a:\n  b:\n    c: 1\n")
    assert document.line_at(("a", "b", "c")) == 3
    assert document.line_at(("a", "b", "z")) == 2


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_values_or_problems_and_never_an_exception(data: bytes) -> None:
    document = parse("t", data)
    assert document.raw is not None or document.problems or data
    json.dumps(document.raw)


@settings(deadline=None)
@given(st.text("[]{}:,-&*!|>'\"%@#? \n\tab1", max_size=60))
def test_any_marks_give_values_or_problems(text: str) -> None:
    document = parse("t", text.encode())
    for problem in document.problems:
        assert problem.message
        assert 0 <= problem.place.line <= text.count("\n") + 2
