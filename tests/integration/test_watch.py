"""Every build is watched: a day that is not as ever is told before anybody asked, other days are not."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import meshwright
from meshwright.cli.main import cli
from meshwright.errors import UsageError
from tests.integration.shop import KEY, column, state
from tests.meshes import home_of, write_mesh, write_text

FIRST = date(2024, 3, 4)
QUIET = 35
PORT = "log.events.events"


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def event_rows(number: int, *, share: float = 1.0) -> list[str]:
    """Return one day's rows: some hundred, fewer at weekends, a few without amount."""
    weekend = (FIRST + timedelta(days=number)).weekday() > 4
    count = int((60 if weekend else 100) * share) + number * 7 % 5
    return [
        f"{number * 1000 + n},{day(number)},{'' if n % 20 == 3 else 10 + (n * 7 + number) % 23},"
        f"{'web' if n % 3 else 'shop'}"
        for n in range(count)
    ]


def events(days: int, **changed: list[str]) -> str:
    lines = [changed.get(f"d{n}", event_rows(n)) for n in range(days)]
    return "id,day,amount,via\n" + "\n".join(line for some in lines for line in some) + "\n"


def write_log(folder: Path, observe: dict[str, Any] | None = None, text: str = "") -> Path:
    ports: dict[str, Any] = {
        "kind": "append", "interval": "day", "column": "day", "start": day(0),
        **({"observe": observe} if observe else {}),
    }  # fmt: skip
    model = (
        "select id, day, amount, via from raw where day >= $interval_start and day < $interval_end"
    )
    columns = [
        column("id", **KEY),
        column("day", "date"),
        column("amount"),
        column("via", "string"),
    ]
    parts = {
        "inputs": {"raw": text or events(QUIET)},
        "ports": {"events": model},
        "contracts": {"events": {"columns": columns}},
        "build": {"ports": {"events": ports}},
    }
    return write_mesh(folder, {"log": {"events": parts}})


def run(folder: Path, as_of: str, **how: Any) -> Any:
    with meshwright.open(folder) as mesh:
        (result,) = mesh.run("log.events", as_of=as_of, **how)
    return result


def mesh_says(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(cli, ["-C", str(folder), "monitors", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def anomalies(folder: Path) -> list[tuple[Any, ...]]:
    with state(folder, "SELECT at, column_name, segment, name, kind FROM anomalies") as rows:
        return sorted(rows)


def test_a_day_with_too_few_rows_is_told_and_a_usual_one_is_not(tmp_path: Path) -> None:
    """The days of one build are series already; the weekend's are not measured by the week's."""
    torn = {f"d{QUIET}": event_rows(QUIET, share=0.3)}
    folder = write_log(tmp_path / "m", text=events(QUIET + 2, **torn))
    assert run(folder, day(QUIET - 1)).status == "published"
    assert anomalies(folder) == []
    result = run(folder, day(QUIET))
    assert result.status == "published"
    (told,) = result.failed_checks
    assert (told.port, told.check, told.severity) == ("events", "anomaly", "warning")
    assert told.reason.startswith(f"events of {day(QUIET)}: rows by time 3")
    assert "for a Monday" in told.reason
    assert anomalies(folder) == [(day(QUIET), "", "", "interval_rows", "drop")]
    with state(folder, "SELECT kind, address, business_date FROM incidents") as rows:
        assert rows == [("anomaly", PORT, day(QUIET))]
    assert run(folder, day(QUIET + 1)).failed_checks == ()
    assert len(anomalies(folder)) == 1
    listed, replayed = mesh_says(folder, "list", PORT), mesh_says(folder, "backtest", PORT)
    assert "null rate of amount" in listed
    assert "rows by time" in listed
    assert "learning" in listed
    assert f"1 alert in {QUIET + 2} days" in " ".join(replayed.split())
    said = json.loads(mesh_says(folder, "backtest", PORT, "--from", day(QUIET + 1), "--json"))
    assert (said["alarms"], said["days"]) == ([], [day(QUIET + 1)])
    with meshwright.open(folder) as mesh:
        found = mesh.backtest("log.events")
        assert mesh.ledger_verify()["problems"] == []
    assert [alarm.day for alarm in found.alarms] == [day(QUIET)]
    assert found.alarms[0].series == (f"{PORT}:rows by time",)


def test_an_owner_may_refuse_to_publish_an_anomaly_and_accept_it_after_all(tmp_path: Path) -> None:
    torn = {f"d{QUIET}": event_rows(QUIET, share=0.3)}
    folder = write_log(tmp_path / "m", {"anomalies": "reject"}, events(QUIET + 1, **torn))
    first = run(folder, day(QUIET - 1))
    result = run(folder, day(QUIET))
    assert (result.status, result.served) == ("rejected", first.version)
    assert [(c.check, c.severity) for c in result.failed_checks] == [("anomaly", "error")]
    with meshwright.open(folder) as mesh:
        done = mesh.accept("log.events", reason="the shop was closed", owner="log@example.com")
        assert done["version"] == first.version + 1


def test_what_is_off_is_silent_and_a_chosen_monitor_speaks_from_the_first_build(
    tmp_path: Path,
) -> None:
    """Turning metrics off and choosing limits builds nothing anew."""
    torn = {f"d{QUIET}": event_rows(QUIET, share=0.3)}
    folder = write_log(tmp_path / "m", {"sensitivity": "off"}, events(QUIET + 1, **torn))
    run(folder, day(QUIET - 1))
    assert run(folder, day(QUIET)).failed_checks == ()
    limit = {"metric": "null_share", "column": "amount", "detector": "threshold"}
    monitor = {**limit, "options": {"maximum": 0.01}}
    build = home_of(folder, "log.events") / "build.yaml"
    text = build.read_text().replace("sensitivity: 'off'", f"monitors: {json.dumps([monitor])}")
    write_text(build, text)
    assert "threshold" in build.read_text()
    assert run(folder, day(QUIET)).status == "up_to_date"
    (told,) = run(folder, day(QUIET), force=True).failed_checks
    assert "null rate of amount" in told.reason
    assert "allowed" in told.reason


def test_a_detectors_option_is_judged_before_anything_is_built(tmp_path: Path) -> None:
    monitor = {"metric": "rows", "detector": "threshold", "options": {"minimal": 3}}
    folder = write_log(tmp_path / "m", {"monitors": [monitor]})
    with meshwright.open(folder) as mesh:
        (problem,) = mesh.check()
    assert problem.code == "detector-option-unknown"
    assert "did you mean `minimum`?" in problem.hint


@pytest.fixture(scope="module")
def segmented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_log(tmp_path_factory.mktemp("segments") / "m", {"by": "via"}, events(3))
    for number in range(3):
        run(folder, day(number))
    return folder


@pytest.mark.parametrize("words", [("backtest",), ("list",)])
def test_a_column_without_series_is_refused_with_the_nearest(
    segmented: Path, words: tuple[str, ...]
) -> None:
    done = CliRunner().invoke(cli, ["-C", str(segmented), "monitors", *words, f"{PORT}.amuont"])
    assert isinstance(done.exception, UsageError)
    assert (done.exception.code, done.exception.exit_code) == ("series-unknown", 2)
    assert done.exception.message == f"nothing was measured of `{PORT}.amuont`"
    assert done.exception.hint.startswith(f"did you mean `{PORT}.amount`? known: {PORT}.")
    assert mesh_says(segmented, *words, f"{PORT}.amount")


def test_a_metric_that_no_series_has_is_refused_with_the_nearest(segmented: Path) -> None:
    with (
        meshwright.open(segmented) as mesh,
        pytest.raises(UsageError, match="has no metric `null_shar`") as refused,
    ):
        mesh.backtest(PORT, metric="null_shar")
    assert (refused.value.code, refused.value.exit_code) == ("series-unknown", 2)
    assert refused.value.hint.startswith("did you mean `null_share`?")


def test_segments_have_series_of_their_own(segmented: Path) -> None:
    with state(segmented, "SELECT DISTINCT name, segment FROM series WHERE segment <> ''") as rows:
        assert {row[0] for row in rows} == {"fresh_rows", "null_share"}
        assert {row[1] for row in rows} == {"via=web", "via=shop"}


def test_distances_are_measured_from_the_third_build_on(segmented: Path) -> None:
    """The first gives the edges, the second counts between them, the third compares."""
    sql = (
        "SELECT s.column_name, count(*) FROM series s JOIN points p ON p.series = s.series"
        " WHERE s.name = 'psi' GROUP BY 1 ORDER BY 1"
    )
    with state(segmented, sql) as rows:
        assert rows == [("amount", 1), ("via", 2)]


def test_rows_age_and_columns_are_measured(segmented: Path) -> None:
    sql = (
        "SELECT p.at, s.name, p.value FROM series s JOIN points p ON p.series = s.series WHERE"
        " s.column_name = '' AND s.segment = '' AND s.name IN ('interval_rows', 'data_age',"
        " 'schema_changes') AND p.at = ? ORDER BY s.name"
    ).replace("?", f"'{day(2)}'")
    with state(segmented, sql) as rows:
        assert rows == [
            (day(2), "data_age", 86400.0),
            (day(2), "interval_rows", float(len(event_rows(2)))),
            (day(2), "schema_changes", 0.0),
        ]
