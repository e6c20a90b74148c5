"""Where one is signed in is said in words."""

import pytest

from meshwright.serve.web.programs import program

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/130.0 Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; rv:132.0) Gecko/2010 Firefox/132.0", "Firefox on a Mac"),
        (f"Mozilla/5.0 (iPhone) {WEBKIT} Version/18.0 Mobile Safari/604.1", "Safari on an iPhone"),
        (f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/130.0 Safari/537.36", "Chrome on Android"),
        ("python-httpx/0.28.1", "python-httpx/0.28.1"),
        ("curl/8.5.0 something", "curl/8.5.0"),
        ("", "a program"),
    ],
)  # fmt: skip
def test_a_program_is_said_in_words(agent: str, said: str) -> None:
    assert program(agent) == said
