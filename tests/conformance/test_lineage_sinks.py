"""Each sink of OpenLineage events passes the suite against a listener that really listens."""

import io
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

from tests.listeners import web

from meshwright.adapters.lineage_sinks import ConsoleSink, FileSink, HttpSink
from meshwright.adapters.openlineage import ClientSink
from meshwright.testing.lineage_sink import CANARY, LineageSinkConformance, Listening, Options


def closed_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class TestFile(LineageSinkConformance):
    factory = FileSink

    @contextmanager
    def listening(self, folder: Path) -> Iterator[Listening]:
        path = folder / "new" / "events.ndjson"

        def heard() -> list[dict[str, object]]:
            return (
                [json.loads(line) for line in path.read_text().splitlines()]
                if path.exists()
                else []
            )

        yield Listening({"path": "new/events.ndjson"}, heard)  # type: ignore[arg-type]

    def unreachable(self, folder: Path) -> list[Options]:
        (folder / "file").write_text("")
        return [{"path": f"file/{CANARY}"}, {"path": "."}]

    def invalid(self) -> list[Options]:
        return [{}, {"path": ""}, {"path": 7, "other": CANARY}, {"path": f"{CANARY}\0"}]


class TestConsole(LineageSinkConformance):
    factory = ConsoleSink

    @contextmanager
    def listening(self, folder: Path) -> Iterator[Listening]:
        with redirect_stderr(io.StringIO()) as err:
            yield Listening({}, lambda: [json.loads(line) for line in err.getvalue().splitlines()])

    def unreachable(self, folder: Path) -> list[Options]:
        return []

    def invalid(self) -> list[Options]:
        return []


class TestHttp(LineageSinkConformance):
    factory = HttpSink

    @contextmanager
    def listening(self, folder: Path) -> Iterator[Listening]:
        with web() as heard:
            options = {"url": f"http://127.0.0.1:{heard.port}", "auth": CANARY}
            yield Listening(options, lambda: heard.messages)

    def unreachable(self, folder: Path) -> list[Options]:
        places = [f"127.0.0.1:{closed_port()}", "no-such-host.invalid"]
        return [{"url": f"http://{place}", "auth": CANARY} for place in places]

    @contextmanager
    def refusing(self, folder: Path) -> Iterator[Options]:
        with web(status=422) as heard:
            yield {"url": f"http://127.0.0.1:{heard.port}", "auth": CANARY}

    def invalid(self) -> list[Options]:
        urls = [
            "",
            "nowhere",
            f"ftp://{CANARY}",
            f"http://user:{CANARY}@127.0.0.1",
            "http://h:99999",
        ]
        return [{}, *({"url": url} for url in urls)]

    def test_it_posts_where_openlineage_servers_listen_with_the_key(self, tmp_path: Path) -> None:
        """At `/api/v1/lineage`, below the path of the url, or where it is told to."""
        from meshwright.testing.lineage_sink import event

        with web() as heard:
            place = f"http://127.0.0.1:{heard.port}"
            for options in (
                {"url": place},
                {"url": f"{place}/proxy/"},
                {"url": place, "endpoint": "/events"},
            ):
                sink = HttpSink(options, tmp_path)
                sink.send(event())
                sink.close()
        assert heard.paths == ["/api/v1/lineage", "/proxy/api/v1/lineage", "/events"]

    def test_a_server_that_answers_500_is_tried_again_later(self, tmp_path: Path) -> None:
        import pytest

        from meshwright.errors import UnreachableError
        from meshwright.testing.lineage_sink import event

        with web(status=500) as heard:
            sink = HttpSink({"url": f"http://127.0.0.1:{heard.port}"}, tmp_path)
            with pytest.raises(UnreachableError):
                sink.send(event())
            heard.status = 200
            sink.send(event())
            sink.close()
        assert len(heard.bodies) == 1


class TestClient(LineageSinkConformance):
    """The transports of the official client: its own http transport stands for all."""

    factory = ClientSink

    @contextmanager
    def listening(self, folder: Path) -> Iterator[Listening]:
        with web() as heard:
            yield Listening(self._options(f"127.0.0.1:{heard.port}"), lambda: heard.messages)

    def unreachable(self, folder: Path) -> list[Options]:
        return [self._options(f"127.0.0.1:{closed_port()}")]

    def invalid(self) -> list[Options]:
        return [{"type": "nothing", "key": CANARY}, {"type": "http", "key": CANARY}, {}]

    @contextmanager
    def refusing(self, folder: Path) -> Iterator[Options]:
        with web(status=400) as heard:
            yield self._options(f"127.0.0.1:{heard.port}")

    def _options(self, place: str) -> Options:
        auth = {"type": "api_key", "apiKey": CANARY}
        return {"type": "http", "url": f"http://{place}", "auth": auth, "retry": {"total": 0}}


class TestClientFile(LineageSinkConformance):
    """Another transport of the client, by its own option names."""

    factory = ClientSink

    @contextmanager
    def listening(self, folder: Path) -> Iterator[Listening]:
        path = folder / "events.json"

        def heard() -> list[dict[str, object]]:
            return (
                [json.loads(line) for line in path.read_text().splitlines()]
                if path.exists()
                else []
            )

        options = {"type": "file", "log_file_path": str(path), "append": True}
        yield Listening(options, heard)  # type: ignore[arg-type]

    def unreachable(self, folder: Path) -> list[Options]:
        return [{"type": "file", "log_file_path": str(folder / "no" / "file"), "append": True}]

    def invalid(self) -> list[Options]:
        return [{"type": "file", "other": CANARY}]
