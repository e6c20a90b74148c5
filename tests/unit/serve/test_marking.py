"""Words that were searched for, marked in a text."""

import pytest

from meshwright.serve.web.marking import marked, words_of
from meshwright.serve.web.rendering import coded


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Delayed flights", "delay", "<mark>Delay</mark>ed flights"),
        ("dep_delay", "delay", "dep_<mark>delay</mark>"),
        ("a.delays.b", "delays", "a.<mark>delays</mark>.b"),
        ("undelayed", "delay", "undelayed"),
        ("<b>delay</b>", "delay b", "&lt;b&gt;<mark>delay</mark>&lt;/b&gt;"),
        ("C++ & more", "", "C++ &amp; more"),
        ("Zürich", "zür", "<mark>Zür</mark>ich"),
    ],
)
def test_beginnings_of_words_are_marked_and_all_else_is_text(
    text: str, words: str, shown: str
) -> None:
    assert marked(text, words_of(words)) == shown


def test_a_long_text_is_cut_around_the_word() -> None:
    shown = marked("x " * 400 + "needle" + " y" * 400, words_of("needle"), 100)
    assert shown.startswith("…")
    assert "<mark>needle</mark>" in shown
    assert shown.endswith("…")


def test_a_message_shows_code_as_code_and_html_as_text() -> None:
    assert coded("`a` <b> `c") == "<code>a</code> &lt;b&gt; `c"
