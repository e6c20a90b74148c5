"""What pages write of sizes and of texts with code in them."""

import pytest

from meshwright.serve.web.rendering import _environment, size


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1536, "1.5 KiB"),
        (200 * 1024**2, "200 MiB"),
        (1023.94 * 1024, "1023.9 KiB"),
        (3 * 1024**4, "3 TiB"),
    ],
)
def test_a_size_has_no_empty_decimal(value: float | None, said: str) -> None:
    assert size(value) == said


def test_a_command_in_an_empty_state_is_code_and_what_somebody_wrote_is_text() -> None:
    text = '{% import "parts/ui.html" as ui %}{{ ui.empty("None", words) }}'
    html = _environment().from_string(text).render(words="`mesh classify` <b>looks</b>")
    assert "<code>mesh classify</code> &lt;b&gt;looks&lt;/b&gt;" in html
