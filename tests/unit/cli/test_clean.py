"""Names and data come from anybody: what a terminal would obey is shown instead."""

import pytest

from meshwright.cli.console import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2J", "a\\x1b[2J"),
        ("safe\u202etxt.exe", "safe\\u202etxt.exe"),
        ("a\u2066b\u2028c", "a\\u2066b\\u2028c"),
        ("Größe 👩‍🚀 ماء", "Größe 👩‍🚀 ماء"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    """Escapes, and what turns the direction of text or breaks lines; letters of any script stay."""
    assert clean(text) == shown
