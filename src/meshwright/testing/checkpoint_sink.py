"""What every checkpoint sink must do.

Subclass `CheckpointSinkConformance`, give `opening` and `unreachable`, and let pytest collect it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from meshwright.errors import UnreachableError
from meshwright.spi.checkpoint_sink import CheckpointSink

Opening = Callable[[], CheckpointSink]
_LINES = [f'{{"hash":"é{n}","seq":{n}}}' for n in range(5)]


class CheckpointSinkConformance:
    """Subclass this once for an adapter."""

    def opening(self, folder: Path) -> Opening:
        """Return what opens the one sink of `folder`, as often as it is called."""
        raise NotImplementedError

    def unreachable(self, folder: Path) -> CheckpointSink:
        """Return a sink that cannot be reached; `folder` is there to make one."""
        raise NotImplementedError

    @pytest.fixture
    def open_sink(self, tmp_path: Path) -> Opening:
        """What opens the sink of this test."""
        return self.opening(tmp_path / "outside")

    def test_a_new_sink_is_empty(self, open_sink: Opening) -> None:
        """Nothing was sent: nothing is kept, and it is no error to ask."""
        assert open_sink().lines() == []

    def test_lines_come_back_in_order(self, open_sink: Opening) -> None:
        """Each line as it was, the oldest first, from another opening too."""
        sink = open_sink()
        for line in _LINES:
            sink.send(line)
        assert sink.lines() == _LINES
        assert open_sink().lines() == _LINES

    def test_sending_twice_is_harmless(self, open_sink: Opening) -> None:
        """A line that is sent again is still there once."""
        sink = open_sink()
        for line in [*_LINES, *_LINES[:2]]:
            sink.send(line)
        assert sink.lines() == _LINES

    def test_senders_at_once_lose_nothing(self, open_sink: Opening) -> None:
        """Lines of several openings in several threads are all kept, whole."""
        lines = [f'{{"seq":{n}}}' for n in range(32)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda line: open_sink().send(line), lines))
        assert sorted(open_sink().lines()) == sorted(lines)

    def test_out_of_reach_is_said(self, tmp_path: Path) -> None:
        """A sink that cannot keep a line raises `UnreachableError` instead of losing it."""
        with pytest.raises(UnreachableError) as caught:
            self.unreachable(tmp_path).send(_LINES[0])
        assert caught.value.code
        assert caught.value.hint
