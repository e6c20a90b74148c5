"""Facts come back from their text, also when another version wrote it."""

import json
from dataclasses import fields
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.errors import MeshwrightError
from meshwright.ledger.canonical import canonical, digest
from meshwright.ledger.encoding import decode, encode
from meshwright.model.facts import KINDS, BuildStarted, IncidentOpened

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abé"), inner),
    max_leaves=10,
)


@given(JSON)
def test_canonical_json_is_json(value: object) -> None:
    """It reads back to the same value, and is its own canonical form."""
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


def test_canonical_json_is_one_text() -> None:
    """Keys are sorted, there are no spaces, letters stay letters; tuples are lists."""
    value = MappingProxyType({"b": (1, 2.5, None), "a": {"é": True}})
    assert canonical(value) == '{"a":{"é":true},"b":[1,2.5,null]}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_reads_back(kind: str) -> None:
    """For each kind there is: encode, decode, the same fact."""
    cls = KINDS[kind]
    fact = cls(**{field.name: f"a {field.name}" for field in fields(cls)})
    assert decode(kind, encode(fact)) == fact


def test_an_older_entry_reads() -> None:
    """Fields that were added since have their defaults."""
    old = decode("BuildStarted", '{"build":"b","code":"c","product":"d.p"}')
    assert old == BuildStarted("b", "d.p", "c")


def test_a_newer_entry_reads() -> None:
    """Fields that are not known here are passed over; so is a kind that is not."""
    payload = '{"cause":"x","incident":"i","product":"d.p","newer":{"new":1}}'
    assert decode("IncidentOpened", payload) == IncidentOpened("i", "d.p", "x")
    assert decode("SomethingNew", "{}") is None


@pytest.mark.parametrize("payload", ["{}", "[]", "1", "no json", '{"incident":"i"}'])
def test_an_entry_that_does_not_read_is_said(payload: str) -> None:
    """A known kind without its fields is an error of the ledger."""
    with pytest.raises(MeshwrightError) as caught:
        decode("IncidentOpened", payload)
    assert caught.value.code == "entry-unreadable"
