"""API tokens: how they look, what is kept of them."""

import pytest

from meshwright.errors import UsageError
from meshwright.identity import tokens


def test_a_token_is_told_by_its_id_and_kept_as_a_digest() -> None:
    made = tokens.new_token()
    assert made.text.startswith(f"mesh_{made.id}_")
    assert tokens.token_id(made.text) == made.id
    assert made.text not in made.digest
    assert tokens.matches(made.digest, made.text)
    assert made.text not in repr(made)


def test_no_two_tokens_are_alike() -> None:
    made = [tokens.new_token() for _ in range(200)]
    assert len({one.id for one in made}) == len({one.text for one in made}) == 200


@pytest.mark.parametrize(
    "text",
    ["", "mesh_", "mesh_abc_def", "Bearer x", "mesh_" + "a" * 12 + "_" + "b" * 44, "x" * 10**6],
)
def test_another_text_is_no_token(text: str) -> None:
    assert tokens.token_id(text) == ""


def test_one_changed_letter_is_another_token() -> None:
    made = tokens.new_token()
    other = made.text[:-1] + ("A" if made.text[-1] != "A" else "B")
    assert not tokens.matches(made.digest, other)
    assert not tokens.matches("", made.text)


def test_an_unknown_scope_is_refused_with_those_that_exist() -> None:
    assert tokens.parse_scopes(("trail", "query", "query")) == ("query", "trail")
    with pytest.raises(UsageError) as refused:
        tokens.parse_scopes(("quary",))
    assert refused.value.code == "scope-unknown"
    assert "`query`" in refused.value.hint
