"""Ports that grow by business time: a day's run adds that day, a rerun replaces it, and nothing else."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import deltalake
import pytest

import meshwright
from meshwright.app.events import RunEvent
from meshwright.errors import UsageError
from meshwright.model.plan import BuildResult
from tests.integration.shop import KEY, build, column, copied, rows, state, statuses
from tests.meshes import (
    change_contract,
    change_yaml,
    files_of,
    home_of,
    set_model,
    set_silo,
    write_mesh,
)

FIRST = date(2024, 3, 1)
DAYS = 5
APPEND = {
    "kind": "append",
    "interval": "day",
    "column": "day",
    "start": FIRST.isoformat(),
    "end": (FIRST + timedelta(days=DAYS)).isoformat(),
}
MODEL = """select id, day, amount from raw
where day >= $interval_start and day < $interval_end"""
DAILY = "select day, sum(amount)::BIGINT as total from events group by all"


def drops(*, start: int = 0, days: int = DAYS, extra: str = "") -> str:
    """Return events as CSV: two a day."""
    lines = [
        f"{2 * n + k},{FIRST + timedelta(days=n)},{10 * n + k}"
        for n in range(start, start + days)
        for k in (0, 1)
    ]
    return "id,day,amount\n" + "\n".join(lines) + "\n" + extra


def write_log(folder: Path, **how: Any) -> Path:
    return write_mesh(
        folder,
        {
            "log": {
                "events": {
                    "inputs": {"raw": drops()},
                    "ports": {"events": MODEL, "daily": DAILY},
                    "contracts": {
                        "events": {
                            "columns": [
                                column("id", **KEY),
                                column("day", "date", required=True),
                                column("amount", logicalTypeOptions={"minimum": 0}),
                            ]
                        },
                        "daily": {"columns": [column("day", "date", **KEY), column("total")]},
                    },
                    "build": {"ports": {"events": APPEND}},
                    **how,
                }
            }
        },
    )


@pytest.fixture(scope="module")
def built_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_log(tmp_path_factory.mktemp("log") / "mesh")
    assert statuses(build(folder)) == {"log.events": "published"}
    return folder


@pytest.fixture
def log(built_log: Path, tmp_path: Path) -> Path:
    return copied(built_log, tmp_path / "mesh")


def events(folder: Path) -> list[tuple[Any, ...]]:
    return rows(folder, "select id, day, amount from log.events.events order by all")


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def result(folder: Path, **how: Any) -> BuildResult:
    return build(folder, **how)["log.events"]


def test_a_first_run_fills_in_every_day_at_once(built_log: Path) -> None:
    """One file a day, named by it, so that a day can be replaced alone."""
    assert len(events(built_log)) == 2 * DAYS
    assert len(files_of(built_log, "log.events.events")) == DAYS
    assert rows(built_log, "select count(*), sum(total) from log.events.daily") == [(DAYS, 205)]


def test_a_second_run_has_nothing_to_do(log: Path) -> None:
    assert result(log).status == "up_to_date"
    assert result(log, as_of=day(2)).status == "up_to_date"


def test_replaying_the_days_gives_what_one_run_gives(built_log: Path, tmp_path: Path) -> None:
    """Row for row, and file for file as many."""
    folder = write_log(tmp_path / "mesh")
    with meshwright.open(folder) as mesh:
        results = mesh.run(as_of=f"{day(0)}..{day(DAYS - 1)}")
        assert [(r.status, r.as_of) for r in results] == [
            ("published", day(n)) for n in range(DAYS)
        ]
        lines = mesh.history("log.events.events")
        assert [line.rows for line in reversed(lines)] == [2, 4, 6, 8, 10]
        assert [line.as_of for line in reversed(lines)] == [day(n) for n in range(DAYS)]
    assert events(folder) == events(built_log)
    assert rows(folder, "from log.events.daily order by all") == rows(
        built_log, "from log.events.daily order by all"
    )
    assert len(files_of(folder, "log.events.events")) == DAYS
    assert result(folder).status == "up_to_date"


def test_a_run_as_of_a_day_sees_no_later_day(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "mesh")
    assert result(folder, as_of=day(1)).status == "published"
    assert [row[1].isoformat() for row in events(folder)] == [day(0), day(0), day(1), day(1)]
    assert result(folder).status == "published"
    assert len(events(folder)) == 2 * DAYS


def test_a_new_day_is_added_beside_the_files_that_are_there(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "mesh")
    result(folder, as_of=day(2))
    before = files_of(folder, "log.events.events")
    result(folder, as_of=day(3))
    after = files_of(folder, "log.events.events")
    assert len(after) == len(before) + 1
    assert {name: after[name] for name in before} == before


def test_a_rerun_of_a_day_replaces_just_that_day(log: Path) -> None:
    before = files_of(log, "log.events.events")
    set_silo(log, "log.events.raw", drops(extra=f"100,{day(2)},7\n101,{day(4)},7\n"))
    assert result(log, as_of=day(2)).status == "published"
    assert [row for row in events(log) if row[0] >= 100] == [(100, FIRST + timedelta(2), 7)]
    kept = set(before) & set(files_of(log, "log.events.events"))
    with meshwright.open(log) as mesh, mesh.wiring.store.read() as reader:
        serving = reader.rows(
            "SELECT path FROM port_files WHERE port = 'events' AND last_version IS NULL"
        )
    named = {str(row[0]) for row in serving}
    assert len(named) == DAYS
    assert len(named & kept) == DAYS - 1
    assert rows(log, f"select total from log.events.daily where day = '{day(2)}'") == [(48,)]


def test_a_rerun_of_a_day_is_idempotent(log: Path) -> None:
    before = events(log)
    assert result(log, as_of=day(2), force=True).status == "published"
    assert result(log, as_of=day(2), force=True).status == "published"
    assert events(log) == before
    table = deltalake.DeltaTable(log / ".mesh/data/log/events/events")
    assert len(table.file_uris()) == DAYS
    assert table.to_pyarrow_table().num_rows == 2 * DAYS


def test_a_late_source_changes_nothing_that_is_done_until_its_day_is_run_again(log: Path) -> None:
    """What a plain run does with rows of a day that is done: nothing; the day's rerun takes them."""
    set_silo(log, "log.events.raw", drops(extra=f"100,{day(1)},7\n"))
    result(log)
    assert len(events(log)) == 2 * DAYS
    assert result(log, as_of=f"{day(1)}..{day(1)}").status == "published"
    assert len(events(log)) == 2 * DAYS + 1


def test_a_day_that_was_empty_is_filled_by_its_rerun(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "mesh")
    set_silo(folder, "log.events.raw", drops(days=3))
    result(folder)
    assert len(events(folder)) == 6
    set_silo(folder, "log.events.raw", drops())
    for n in (3, 4):
        assert result(folder, as_of=day(n)).status == "published"
    assert len(events(folder)) == 2 * DAYS


def test_a_key_that_occurs_in_two_days_is_refused(tmp_path: Path) -> None:
    """Uniqueness is a promise about the table, not about a day; the new day is turned away whole."""
    folder = write_log(tmp_path / "mesh")
    set_silo(folder, "log.events.raw", drops(days=2))
    result(folder, as_of=day(1))
    set_silo(folder, "log.events.raw", drops(days=2) + f"3,{day(2)},1\n77,{day(2)},1\n")
    rejected = result(folder, as_of=day(2))
    assert rejected.status == "rejected"
    assert [check.check for check in rejected.failed_checks] == ["primaryKey"]
    assert rejected.failed_checks[0].failed_rows == 2
    assert len(events(folder)) == 4


def test_a_bad_day_is_turned_away_alone(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "mesh")
    set_silo(folder, "log.events.raw", drops(days=2))
    result(folder, as_of=day(1))
    set_silo(folder, "log.events.raw", drops(days=2) + f"50,{day(2)},-1\n")
    assert result(folder, as_of=day(2)).status == "rejected"
    assert len(events(folder)) == 4
    set_silo(folder, "log.events.raw", drops())
    assert result(folder).status == "published"
    assert len(events(folder)) == 2 * DAYS


def test_changed_code_makes_every_day_again(log: Path) -> None:
    set_model(log, "log.events", "events", MODEL.replace("amount", "amount + 1 as amount", 1))
    built = result(log)
    assert built.status == "published"
    assert {name: port.status for name, port in built.ports.items()} == {
        "events": "built",
        "daily": "built",
    }
    assert rows(log, "select count(*), sum(amount) from log.events.events") == [(10, 215)]
    assert len(deltalake.DeltaTable(log / ".mesh/data/log/events/events").file_uris()) == DAYS


def test_rows_outside_the_interval_are_not_taken_in(tmp_path: Path) -> None:
    """A model that gives rows of another day would publish them twice: the build says so."""
    folder = write_log(tmp_path / "mesh")
    set_model(folder, "log.events", "events", "select id, day, amount from raw")
    ended = result(folder)
    assert ended.status in ("failed", "refused", "rejected", "published")
    if ended.status == "published":
        assert len(events(folder)) == 2 * DAYS


def test_a_reader_in_another_product_sees_the_new_day(tmp_path: Path) -> None:
    folder = write_mesh(
        tmp_path / "mesh",
        {
            "log": {
                "events": {
                    "inputs": {"raw": drops()},
                    "ports": {"events": MODEL},
                    "contracts": {
                        "events": {
                            "columns": [
                                column("id", **KEY),
                                column("day", "date"),
                                column("amount"),
                            ]
                        }
                    },
                    "build": {"ports": {"events": APPEND}},
                },
                "sums": {
                    "inputs": {"events": {"port": "log.events.events"}},
                    "ports": {"sums": "select sum(amount)::BIGINT as total from events"},
                },
            }
        },
    )
    build(folder, as_of=day(1))
    assert rows(folder, "from log.sums.sums") == [(22,)]
    assert statuses(build(folder, as_of=day(2))) == {
        "log.events": "published",
        "log.sums": "published",
    }
    assert rows(folder, "from log.sums.sums") == [(63,)]


def test_a_tightened_contract_judges_the_old_days_too(log: Path) -> None:
    def tighten(contract: Any) -> None:
        contract["version"] = "2.0.0"
        contract["schema"][0]["properties"][2]["logicalTypeOptions"] = {"minimum": 1}

    change_contract(log, "log.events.events", tighten)
    ended = result(log)
    assert ended.status == "rejected"
    assert [check.check for check in ended.failed_checks] == ["amount.minimum"]


def test_months_and_hours_are_intervals_too(tmp_path: Path) -> None:
    hours = "id,moment\n1,2024-03-01 00:10:00\n2,2024-03-01 00:50:00\n3,2024-03-01 02:00:00\n"
    folder = write_mesh(
        tmp_path / "mesh",
        {
            "log": {
                "hits": {
                    "inputs": {"raw": hours},
                    "ports": {
                        "hourly": "select id, moment from raw"
                        " where moment >= $interval_start and moment < $interval_end",
                        "monthly": "select id, moment from raw"
                        " where moment >= $interval_start and moment < $interval_end",
                    },
                    "contracts": {
                        name: {"columns": [column("id"), column("moment", "timestamp")]}
                        for name in ("hourly", "monthly")
                    },
                    "build": {
                        "ports": {
                            name: {
                                "kind": "append",
                                "column": "moment",
                                "interval": interval,
                                **span,
                            }
                            for name, interval, span in (
                                (
                                    "hourly",
                                    "hour",
                                    {"start": "2024-03-01T00:00:00", "end": "2024-03-01T03:00:00"},
                                ),
                                ("monthly", "month", {"start": "2024-02-01", "end": "2024-04-01"}),
                            )
                        }
                    },
                }
            }
        },
    )
    assert statuses(build(folder)) == {"log.hits": "published"}
    assert len(files_of(folder, "log.hits.hourly")) == 2
    assert len(files_of(folder, "log.hits.monthly")) == 1
    assert rows(folder, "select count(*) from log.hits.hourly") == [(3,)]
    assert rows(folder, "select count(*) from log.hits.monthly") == [(3,)]
    assert statuses(build(folder)) == {"log.hits": "up_to_date"}


def test_a_rollback_of_an_append_port_goes_back_by_days(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "mesh")
    result(folder, as_of=day(1))
    result(folder, as_of=day(2))
    with meshwright.open(folder) as mesh:
        mesh.rollback("log.events")
    assert len(events(folder)) == 4
    assert len(deltalake.DeltaTable(folder / ".mesh/data/log/events/events").file_uris()) == 2
    assert result(folder, as_of=day(2), force=True).status == "published"
    assert len(events(folder)) == 6
    assert result(folder).status == "published"
    assert len(events(folder)) == 2 * DAYS


def test_a_waived_failure_is_still_there_for_the_next_day(tmp_path: Path) -> None:
    """What an owner accepted is carried as failed: the next day passes by the waiver, not by forgetting."""
    bad = drops(days=1) + f"99,{FIRST + timedelta(days=1)},-5\n"
    folder = write_log(tmp_path)
    days = [(FIRST + timedelta(days=n)).isoformat() for n in range(3)]
    set_silo(folder, "log.events.raw", bad)
    with meshwright.open(folder) as mesh:
        assert [r.status for r in mesh.run(as_of=days[0])] == ["published"]
        assert [r.status for r in mesh.run(as_of=days[1])] == ["rejected"]
        mesh.accept("log.events", reason="known", owner="log@example.com")
        set_silo(folder, "log.events.raw", bad + f"100,{days[2]},7\n")
        (result,) = mesh.run(as_of=days[2])
    assert (result.status, bool(result.waiver)) == ("published", True)


def test_new_rows_of_another_type_are_refused(tmp_path: Path) -> None:
    """The rows of a table have one type: what does not fit is told, and what was served stays."""
    folder = write_log(tmp_path)
    days = [(FIRST + timedelta(days=n)).isoformat() for n in range(2)]
    with meshwright.open(folder) as mesh:
        assert [r.status for r in mesh.run(as_of=days[0])] == ["published"]
        set_silo(folder, "log.events.raw", drops().replace(",10\n", ",10.5\n"))
        (result,) = mesh.run(as_of=days[1])
        assert (result.status, result.error_code) == ("failed", "columns-changed")
        assert len(mesh.read("log.events.events")) == 2


def test_replaying_a_day_without_rows_settles(tmp_path: Path) -> None:
    """The same inputs and code give the same version, also where there is nothing."""
    folder = write_log(tmp_path)
    set_silo(folder, "log.events.raw", drops(days=1))
    day = (FIRST + timedelta(days=1)).isoformat()
    with meshwright.open(folder) as mesh:
        assert [r.status for r in mesh.run(as_of=day)] == ["published"]
        assert [r.status for r in mesh.run(as_of=day)] == ["up_to_date"]


def test_a_day_that_is_not_over_cannot_be_pretended(tmp_path: Path) -> None:
    """A slip in the year must not make all days up to then pass for made."""
    folder = write_log(tmp_path / "mesh")
    today = f"{date.today() + timedelta(days=1)}"
    for text in ("2999-01-01", today, f"{FIRST}..2999-01-01", "2999-01-01T06:00:00"):
        with meshwright.open(folder) as mesh:
            for call in (mesh.run, mesh.plan):
                if call == mesh.plan and ".." in text:
                    continue
                with pytest.raises(UsageError) as error:
                    call(as_of=text)
                assert error.value.code == "as-of-future"
    with meshwright.open(folder) as mesh:
        assert mesh.ledger_entries() == []


def test_force_frees_a_port_whose_days_to_come_passed_for_made(tmp_path: Path) -> None:
    """What an earlier release or a wrong clock wrote is mended by one forced run."""
    folder = write_log(tmp_path / "mesh")
    endless = {key: value for key, value in APPEND.items() if key != "end"}
    change_yaml(
        home_of(folder, "log.events") / "build.yaml",
        lambda described: described.update(ports={"events": endless}),
    )
    assert result(folder).status == "published"
    with meshwright.open(folder) as mesh, mesh.wiring.store.write() as writer:
        done = f'[["{FIRST}T00:00:00", "2999-01-01T00:00:00"]]'
        writer.run("UPDATE version_ports SET done = ? WHERE port = 'events'", (done,))
    assert result(folder, force=True).status == "published"
    with state(
        folder, "SELECT done FROM version_ports WHERE port = 'events' AND version = 2"
    ) as found:
        assert "2999" not in str(found)


def test_rows_of_another_interval_are_counted(tmp_path: Path) -> None:
    """A model that holds another column to its interval is told what it loses by that."""
    late = "id,day,amount,loaded\n1,2024-03-01,5,2024-03-01\n2,2024-03-01,6,2024-03-02\n"
    late += "3,2024-03-02,7,2024-03-02\n"
    folder = write_log(tmp_path / "mesh", inputs={"raw": late})
    model = MODEL.replace("where day", "where loaded").replace("and day", "and loaded")
    set_model(folder, "log.events", "events", model)
    told: list[str] = []

    def listen(event: RunEvent) -> None:
        if event.kind == "warning":
            told.append(event.detail)

    with meshwright.open(folder) as mesh:
        mesh.run(as_of=day(0), on_event=listen)
        assert told == []
        mesh.run(as_of=day(1), on_event=listen)
    assert [line.partition(":")[0] for line in told] == [
        "1 rows that `events` gave for 2024-03-02 to 2024-03-03 are left out"
    ]
    assert [row[0] for row in events(folder)] == [1, 3]
    assert len(files_of(folder, "log.events.events")) == 2


def test_a_row_without_a_day_is_not_lost_without_a_word(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "mesh")
    set_model(folder, "log.events", "events", MODEL.replace("id, day", "id, null::date as day"))
    assert result(folder).error_code == "interval-missing"
