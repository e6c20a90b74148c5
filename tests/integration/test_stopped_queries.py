"""A query ends when whoever asked goes away, also before its first row is there."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

import meshwright
from meshwright.app.governed.ask import ask
from meshwright.errors import ExhaustedError
from meshwright.spi.stop import Stop

ENDLESS = (
    "select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range % 11"
)


def test_a_wish_is_heard_before_and_after_there_is_something_to_end() -> None:
    heard: list[str] = []
    early, late = Stop(), Stop()
    early.now()
    early.bind(lambda: heard.append("early"))
    late.bind(lambda: heard.append("late"))
    assert heard == ["early"]
    late.now()
    assert heard == ["early", "late"]


def test_a_query_without_a_row_yet_is_ended_with_its_process(shop: Path) -> None:
    with meshwright.open(shop) as mesh, ThreadPoolExecutor(1) as threads:
        stop = Stop()
        asked = threads.submit(ask, mesh.wiring, mesh.wiring.asker(), ENDLESS, stop=stop)
        sleep(1.0)
        assert not asked.done()
        stop.now()
        with pytest.raises(ExhaustedError) as caught:
            asked.result(timeout=20)
        assert caught.value.code == "query-interrupted"
        assert mesh.query("select 1 as one").to_pylist() == [{"one": 1}]
