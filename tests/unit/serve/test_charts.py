"""The chart part: data that no script of a page can be made of, a table for who reads it, units in words."""

import json
import re
from typing import Any

import pytest

from meshwright.serve.web.rendering import _environment, moment_of, of_unit

DATA: dict[str, Any] = {
    "x": [0, 86400, 90000],
    "kind": "time",
    "unit": "share",
    "lines": [{"name": "null rate", "values": [0.25, None, 0.5]}],
    "band": {"lower": [None, 0.1, 0.2], "upper": [None, 0.3, 0.4]},
    "marks": [{"at": 2, "text": "</script><b>far off</b>"}],
}


def drawn(data: dict[str, Any], **how: Any) -> str:
    text = '{% import "parts/chart.html" as charts %}{{ charts.chart("c", title, data, **how) }}'
    return _environment().from_string(text).render(title="<i>Rows</i>", data=data, how=how)


def test_the_data_ends_no_script_and_comes_back_whole() -> None:
    html = drawn(DATA)
    assert "<i>" not in html
    assert "<b>" not in html
    written = re.search(r'<script type="application/json" id="c-data">(.*?)</script>', html)
    assert written is not None
    assert json.loads(written[1]) == DATA


def test_the_table_says_what_the_chart_shows_newest_first() -> None:
    html = drawn(DATA)
    cells = [
        re.sub(r"<[^>]+>", "|", row).replace("\n", "").split("|")
        for row in html.split("<tbody>")[1].split("<tr>")[1:]
    ]
    told = [[cell.strip() for cell in row if cell.strip()] for row in cells]
    assert told[0] == [
        "1970-01-02 01:00",
        "50 %",
        "20 % to 40 %",
        "&lt;/script&gt;&lt;b&gt;far off&lt;/b&gt;",
    ]
    assert told[2][:2] == ["1970-01-01", "25 %"]


def test_a_long_table_says_that_it_is_cut() -> None:
    html = drawn(DATA, rows=2)
    assert "the newest 2 of 3" in html
    assert "1970-01-01" not in html


def test_labels_need_no_band_and_no_marks() -> None:
    html = drawn(
        {"x": ["a", "b"], "kind": "label", "unit": "", "lines": [{"name": "n", "values": [1, 2]}]}
    )
    assert "Marked" not in html
    assert '<th scope="row">b</th>' in html


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.125, "share", "12.5 %"),
        (7200, "seconds", "2.0 h"),
        (300000, "seconds", "3.5 days"),
        (12, "seconds", "12.0 s"),
        (1234, "count", "1,234"),
        (None, "share", "–"),
    ],
)
def test_units_are_written_as_people_read_them(value: float | None, unit: str, said: str) -> None:
    assert of_unit(value, unit) == said


def test_midnight_is_a_day() -> None:
    assert moment_of(86400) == "1970-01-02"
    assert moment_of(86460) == "1970-01-02 00:01"
