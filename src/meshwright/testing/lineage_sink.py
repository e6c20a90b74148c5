"""What every sink of OpenLineage events must do.

Subclass `LineageSinkConformance`, give `listening`, `unreachable` and `invalid`, and let pytest collect it.
What was received comes from a real listener: a server that the test starts, a file.
"""

import json
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from meshwright.errors import DescriptorError, MeshwrightError, RefusedError, UnreachableError
from meshwright.model.json_value import Json
from meshwright.spi.lineage_sink import LineageSinkFactory

CANARY = "c4n4ry-0f-th3-s1nk"  # a secret in all options that these tests make
SECONDS = 10.0
Options = Mapping[str, Json]


@dataclass(frozen=True)
class Listening:
    """A place that hears: the options to send to it, and the events that arrived, oldest first."""

    options: Options
    heard: Callable[[], list[dict[str, Json]]]


def event(number: int = 1, state: str = "COMPLETE") -> dict[str, Json]:
    """Return a small event with what is easily broken: letters of other scripts, a number, a list."""
    facet: dict[str, Json] = {
        "_producer": "https://example.com/tests",
        "_schemaURL": "https://example.com/tests.json#/$defs/Facet",
    }
    dataset: dict[str, Json] = {
        "namespace": "file",
        "name": "/tmp/größe 数.csv",
        "facets": {
            "schema": {**facet, "fields": [{"name": "a", "type": "BIGINT", "ordinal_position": 1}]}
        },
        "inputFacets": {},
    }
    output = {key: value for key, value in dataset.items() if key != "inputFacets"}
    return {
        "eventType": state,
        "eventTime": f"2026-01-31T00:00:{number:02d}+00:00",
        "producer": "https://example.com/tests",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": f"00000000-0000-4000-8000-{number:012d}", "facets": {"x": facet}},
        "job": {"namespace": "mesh", "name": "sales.orders", "facets": {}},
        "inputs": [dataset],
        "outputs": [{**output, "outputFacets": {"y": {**facet, "rowCount": number}}}],
    }


class LineageSinkConformance:
    """Subclass this once for each sink."""

    factory: LineageSinkFactory

    def listening(self, folder: Path) -> AbstractContextManager[Listening]:
        """Start to listen. `CANARY` is in the options where they may hold a secret."""
        raise NotImplementedError

    def unreachable(self, folder: Path) -> list[Options]:
        """Return options, with `CANARY` in them, of places where nobody listens."""
        raise NotImplementedError

    def refusing(self, folder: Path) -> AbstractContextManager[Options] | None:
        """Return options of a place that answers that it takes no such event; None where none can."""
        del folder
        return None

    def invalid(self) -> list[Options]:
        """Return options, with `CANARY` in them, that make no sense."""
        raise NotImplementedError

    def test_an_event_arrives_as_it_was_given(self, tmp_path: Path) -> None:
        """All keys, all values, all letters."""
        with self.listening(tmp_path) as place:
            sink = self.factory(place.options, tmp_path)
            sink.send(event())
            sink.close()
            (heard,) = place.heard()
        said = event()
        assert heard["run"] == said["run"]
        assert heard["job"]["name"] == "sales.orders"  # type: ignore[index,call-overload]
        for key in ("eventType", "eventTime", "producer", "schemaURL"):
            assert heard[key] == said[key]
        for side in ("inputs", "outputs"):
            assert (
                json.dumps(heard[side], sort_keys=True, ensure_ascii=False).count("größe 数") == 1
            )

    def test_events_arrive_in_their_order(self, tmp_path: Path) -> None:
        """None is lost, none comes twice."""
        with self.listening(tmp_path) as place:
            sink = self.factory(place.options, tmp_path)
            for number in range(1, 21):
                sink.send(event(number))
            sink.close()
            times = [heard["eventTime"] for heard in place.heard()]
        assert times == [event(number)["eventTime"] for number in range(1, 21)]

    def test_a_sink_opens_nothing_before_the_first_event(self, tmp_path: Path) -> None:
        """Whoever makes one and closes it has told nobody."""
        with self.listening(tmp_path) as place:
            self.factory(place.options, tmp_path).close()
            assert place.heard() == []
        for options in self.unreachable(tmp_path):
            self.factory(options, tmp_path).close()

    def test_what_does_not_arrive_is_said_without_the_secret(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        """An `UnreachableError` with a next step, within seconds; nothing of the secret anywhere."""
        caplog.set_level(0)
        for options in self.unreachable(tmp_path):
            sink, started = self.factory(options, tmp_path), monotonic()
            with pytest.raises(UnreachableError) as caught:
                sink.send(event())
            assert monotonic() - started < SECONDS
            assert caught.value.hint
            sink.close()
            _assert_untold(caught.value, capfd, caplog)

    def test_what_the_receiver_will_never_take_is_refused(self, tmp_path: Path) -> None:
        """As `event-refused`: sending it again is of no use."""
        place = self.refusing(tmp_path)
        if place is None:
            return  # nobody answers this sink
        with place as options:
            sink = self.factory(options, tmp_path)
            with pytest.raises(RefusedError) as caught:
                sink.send(event())
            assert caught.value.code == "event-refused"
            sink.close()

    def test_options_that_make_no_sense_are_refused_without_being_shown(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        """At once, as `sink-invalid`, with an example of some that do."""
        caplog.set_level(0)
        for options in self.invalid():
            with pytest.raises(DescriptorError) as caught:
                self.factory(options, tmp_path)
            assert caught.value.code == "sink-invalid"
            assert caught.value.hint
            _assert_untold(caught.value, capfd, caplog)


def _assert_untold(
    error: MeshwrightError, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    told = capfd.readouterr()
    texts = [str(error), error.hint, repr(error), told.out, told.err, caplog.text]
    texts.append("".join(traceback.format_exception(error)))
    assert not any(CANARY in text for text in texts)
