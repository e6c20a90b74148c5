"""`FileCheckpointSink` passes the suite of checkpoint sinks, and survives a line cut short."""

from collections.abc import Callable
from pathlib import Path

from meshwright.adapters.checkpoints import FileCheckpointSink
from meshwright.spi.checkpoint_sink import CheckpointSink
from meshwright.testing.checkpoint_sink import CheckpointSinkConformance


class TestFileCheckpointSink(CheckpointSinkConformance):
    """The common suite."""

    def opening(self, folder: Path) -> Callable[[], CheckpointSink]:
        return lambda: FileCheckpointSink(folder / "checkpoints.ndjson")

    def unreachable(self, folder: Path) -> CheckpointSink:
        (folder / "file").write_text("")
        return FileCheckpointSink(folder / "file" / "checkpoints.ndjson")


def test_a_line_that_a_crash_cut_is_passed_over(tmp_path: Path) -> None:
    """What was half written is neither read nor glued to the next line."""
    sink = FileCheckpointSink(tmp_path / "checkpoints.ndjson")
    sink.send('{"seq":1}')
    with sink.path.open("a") as file:
        file.write('{"seq":2,"ha')
    assert sink.lines() == ['{"seq":1}']
    sink.send('{"seq":3}')
    assert sink.lines() == ['{"seq":1}', '{"seq":3}']
