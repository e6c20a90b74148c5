"""Each kind of fact changes the rows that it is about, and no others."""

import json

import pytest
from ledger_facts import port, published

from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.errors import MeshwrightError
from meshwright.ledger.ledger import Ledger
from meshwright.model import facts
from meshwright.spi.state_store import Row


class Recorded:
    """A ledger with its store, for tests that ask for rows."""

    def __init__(self, store: SQLiteStateStore) -> None:
        self._store = store
        self._ledger = Ledger(store, "maria")

    def record(self, *recorded: facts.Fact) -> facts.Entry:
        return self._ledger.record(recorded)[-1]

    def rows(self, sql: str) -> list[Row]:
        with self._store.read() as reader:
            return reader.rows(sql)


@pytest.fixture
def mesh(store: SQLiteStateStore) -> Recorded:
    return Recorded(store)


def test_a_build_ends_published(mesh: Recorded) -> None:
    """A build is running until its version is published, and then has it."""
    start = mesh.record(facts.BuildStarted("b1", "d.p", "code", "2026-01-01", ["new code"]))
    assert mesh.rows("SELECT status, started_at, reasons, as_of FROM builds") == [
        ("running", start.at, '["new code"]', "2026-01-01")
    ]
    end = mesh.record(published("d.p", 1, {"a": port(["f"])}, build="b1", seconds=1.5))
    assert mesh.rows("SELECT status, ended_at, version, seconds, actor FROM builds") == [
        ("published", end.at, 1, 1.5, "maria")
    ]


def test_a_version_is_described(mesh: Recorded) -> None:
    """Product, version, ports and inputs are as the fact says."""
    ports = {"a": port(["f", "g"], location="tables/a") | {"done": ["2026-01-01"]}}
    entry = mesh.record(published("d.p", 1, ports, title="T", owners=["o@x"], as_of="2026-01-01"))
    assert mesh.rows("SELECT * FROM products") == [
        ("d.p", "T", '["o@x"]', "1.0.0", "active", 1, 1, "", "")
    ]
    assert mesh.rows("SELECT * FROM versions") == [
        ("d.p", 1, "d.p-1", "1.0.0", "code-1", entry.at, "maria", None, "2026-01-01", "", 0, 1)
    ]
    assert mesh.rows("SELECT * FROM version_ports") == [
        (
            "d.p",
            1,
            "a",
            1,
            "digest",
            "1.0.0",
            "code",
            '[["id","BIGINT"]]',
            3,
            30,
            0,
            '["2026-01-01"]',
        )
    ]
    assert mesh.rows("SELECT * FROM ports") == [("d.p", "a", "tables/a", 1, 0)]
    assert mesh.rows("SELECT input, address, stamp, source_version FROM version_inputs") == [
        ("other", "d0.p0.a", "1", 1),
        ("raw", "*.csv", "s1", None),
    ]
    assert mesh.rows("SELECT path, rows, bytes FROM port_files") == [("f", 1, 10), ("g", 1, 10)]


def test_a_rejected_build_keeps_what_would_be_published(mesh: Recorded) -> None:
    """Failed checks and the pending version are kept; what is served is not touched."""
    mesh.record(published("d.p", 1, {"a": port(["f"])}))
    pending = {"version": 2, "ports": {}}
    mesh.record(facts.BuildRejected("b2", "d.p", ["a:key"], 1, pending, 2.0))
    assert mesh.rows("SELECT status, failed_checks, pending FROM builds WHERE build = 'b2'") == [
        ("rejected", '["a:key"]', '{"ports":{},"version":2}')
    ]
    assert mesh.rows("SELECT served, latest FROM products") == [(1, 1)]


def test_an_accepted_build_has_a_waiver_and_nothing_pending(mesh: Recorded) -> None:
    """Acceptance is kept with its owner; the build counts as accepted, and keeps its own seconds."""
    mesh.record(facts.BuildRejected("b1", "d.p", ["a:key"], None, {"version": 1}, 2.0))
    mesh.record(
        facts.RejectionAccepted("w1", "b1", "d.p", "maria", "known", "2030-01-01", ["a:key"]),
        published("d.p", 1, {"a": port(["f"])}, build="b1", waiver="w1"),
    )
    assert mesh.rows("SELECT status, pending, version, seconds FROM builds") == [
        ("accepted", "{}", 1, 2.0)
    ]
    assert mesh.rows("SELECT * FROM waivers") == [
        ("w1", "b1", "d.p", "maria", "known", "2030-01-01", '["a:key"]')
    ]
    assert mesh.rows("SELECT waiver FROM versions") == [("w1",)]


def test_an_acceptance_may_come_after_its_version(mesh: Recorded) -> None:
    """The order of the two facts does not matter."""
    mesh.record(
        facts.BuildRejected("b1", "d.p", ["a:key"], None, {"version": 1}, 2.0),
        published("d.p", 1, {"a": port(["f"])}, build="b1", waiver="w1"),
        facts.RejectionAccepted("w1", "b1", "d.p", "maria", "known", "2030-01-01", ["a:key"]),
    )
    assert mesh.rows("SELECT status, pending FROM builds") == [("accepted", "{}")]


def test_a_failed_build_says_its_error(mesh: Recorded) -> None:
    """With or without a recorded start."""
    mesh.record(facts.BuildFailed("b1", "d.p", "source-not-found", 0.5))
    assert mesh.rows("SELECT status, error, seconds FROM builds") == [
        ("failed", "source-not-found", 0.5)
    ]


def test_an_audit_keeps_checks_and_metrics(mesh: Recorded) -> None:
    """Outcomes by the keys of `CheckOutcome`, numbers by column and name; keys not known are passed over."""
    outcome = {
        "id": "x.required", "kind": "required", "status": "failed", "severity": "error",
        "column": "x", "failed_rows": 2, "total_rows": 9, "value": 2.0, "expectation": "no nulls",
        "reason": "", "carried": True, "newer": 1,
    }  # fmt: skip
    metrics = [["x", "nulls", 2], ["", "rows", 9], ["x", "mean", None]]
    mesh.record(facts.PortAudited("b1", "d.p", "a", 9, True, [outcome], metrics))
    assert mesh.rows("SELECT * FROM checks") == [
        ("b1", "d.p", "a", "x.required", "required", "x", "error", "failed", 2, 9, 2.0,
         "no nulls", "", 1)
    ]  # fmt: skip
    assert mesh.rows(
        "SELECT column_name, name, value FROM points NATURAL JOIN series ORDER BY 1, 2"
    ) == [
        ("", "rows", 9.0),
        ("x", "mean", None),
        ("x", "nulls", 2.0),
    ]


def test_a_point_lies_at_its_business_time(mesh: Recorded) -> None:
    """A build's `as_of` is when its metrics are about; a metric may name a segment and a time of its own."""
    metrics = [
        ["", "rows", 9],
        ["", "rows", 4, "origin=JFK"],
        ["", "rows_by_day", 3, "", "2013-01-01"],
    ]
    mesh.record(
        facts.BuildStarted("b1", "d.p", "code", "2013-02-08"),
        facts.PortAudited("b1", "d.p", "a", 9, False, [], metrics),
    )
    points = "SELECT name, segment, at, value FROM points NATURAL JOIN series ORDER BY 1, 2"
    assert mesh.rows(points) == [
        ("rows", "", "2013-02-08", 9.0),
        ("rows", "origin=JFK", "2013-02-08", 4.0),
        ("rows_by_day", "", "2013-01-01", 3.0),
    ]


def test_the_life_of_an_incident_is_told(mesh: Recorded) -> None:
    """It is as severe as the worst that joined it, and every step is in its timeline."""
    mesh.record(
        facts.IncidentOpened("i1", "d.p", "rows", severity="low", signals=["a"]),
        facts.IncidentJoined("i1", "d.p", ["b"], "more", "high"),
        facts.IncidentJoined("i1", "d.p", ["b"], "again", "low"),
        facts.IncidentAcknowledged("i1", "d.p", "mine"),
        facts.IncidentMarked("i1", "d.p", "expected"),
        facts.IncidentResolved("i1", "d.p"),
        facts.IncidentReopened("i1", "d.p"),
    )
    assert mesh.rows("SELECT state, severity, mark, resolved_at FROM incidents") == [
        ("open", "high", "", "")
    ]
    assert mesh.rows("SELECT signal FROM incident_signals") == [("a",), ("b",)]
    events = [row[0] for row in mesh.rows("SELECT event FROM incident_events ORDER BY seq")]
    assert events == [
        "opened", "joined", "joined", "acknowledged", "marked expected", "resolved", "reopened"
    ]  # fmt: skip


def test_a_mark_is_about_the_signals_that_were_known(mesh: Recorded) -> None:
    """What is new ends `expected`, never `real`; what is opened again has no mark."""
    mark = "SELECT mark FROM incidents"
    mesh.record(
        facts.IncidentOpened("i1", "d.p", "rows", signals=["a"]),
        facts.IncidentMarked("i1", "d.p", "expected"),
        facts.IncidentJoined("i1", "d.p", ["a"], "again"),
    )
    assert mesh.rows(mark) == [("expected",)]
    mesh.record(facts.IncidentJoined("i1", "d.p", ["a", "b"], "more"))
    assert mesh.rows(mark) == [("",)]
    mesh.record(
        facts.IncidentMarked("i1", "d.p", "real"),
        facts.IncidentJoined("i1", "d.p", ["c"], "more"),
    )
    assert mesh.rows(mark) == [("real",)]
    mesh.record(facts.IncidentResolved("i1", "d.p"), facts.IncidentReopened("i1", "d.p"))
    assert mesh.rows(mark) == [("",)]


def test_an_incident_says_what_is_wrong_now_and_its_timeline_what_was(mesh: Recorded) -> None:
    """The worse, and what opened it again; not what joins it, ends below it, or a person's note."""
    said = "SELECT explanation, cause, hints FROM incidents"
    mesh.record(
        facts.IncidentOpened("i1", "d.p", "rows", severity="low", explanation="few", hints=["why"]),
        facts.IncidentJoined("i1", "d.p", ["b"], "as bad", "low", cause="other", hints=["how"]),
        facts.IncidentJoined("i1", "d.p", ["x"], "explains i0", "medium", address="d.other"),
    )
    assert mesh.rows(said) == [("few", "rows", '["why"]')]
    mesh.record(facts.IncidentJoined("i1", "d.p", ["c"], "none", "high", cause="keys"))
    assert mesh.rows(said) == [("none", "keys", '["why"]')]
    mesh.record(
        facts.IncidentResolved("i1", "d.p"),
        facts.IncidentReopened("i1", "d.p", "a person's note"),
    )
    assert mesh.rows(said) == [("none", "keys", '["why"]')]
    mesh.record(
        facts.IncidentResolved("i1", "d.p"),
        facts.IncidentReopened("i1", "d.p", "late now", ["c"], cause="late", hints=["asleep"]),
    )
    assert mesh.rows(said) == [("late now", "late", '["asleep"]')]
    texts = [row[0] for row in mesh.rows("SELECT text FROM incident_events ORDER BY seq")]
    assert texts[:4] == ["few", "as bad", "explains i0", "none"]


def test_an_incident_is_about_the_business_dates_that_are_told_of_it(mesh: Recorded) -> None:
    """Later and earlier days widen it; the build that ends it is of a day too, or says nothing of days."""
    days = "SELECT business_date, last_date FROM incidents WHERE incident = 'i1'"
    mesh.record(
        facts.IncidentOpened("i1", "d.p", "rows", business_date="2013-02-08"),
        facts.IncidentJoined("i1", "d.p", ["b"], "more", business_date="2013-02-10"),
        facts.IncidentJoined("i1", "d.p", ["c"], "more", business_date="2013-02-07"),
        facts.IncidentJoined("i1", "d.p", ["d"], "of now"),
        facts.IncidentResolved("i1", "d.p"),
    )
    assert mesh.rows(days) == [("2013-02-07", "2013-02-10")]
    mesh.record(
        facts.BuildStarted("b1", "d.p", "code", "2013-02-12"),
        facts.IncidentReopened("i1", "d.p", "again", ["b"], business_date="2013-02-11"),
        facts.IncidentResolved("i1", "d.p", "b1"),
    )
    assert mesh.rows(days) == [("2013-02-07", "2013-02-12")]


def test_an_incident_of_no_date_is_about_the_days_when_it_was_noticed(mesh: Recorded) -> None:
    mesh.record(facts.IncidentOpened("i1", "d.p", "rows"))
    last = mesh.record(facts.IncidentResolved("i1", "d.p"))
    assert mesh.rows("SELECT business_date, last_date FROM incidents") == [("", last.at[:10])]


def test_a_signal_belongs_to_the_product_that_it_was_noticed_at(mesh: Recorded) -> None:
    """Though the incident is of another one, above it; when it is noticed again its time moves."""
    kept = "SELECT incident, product, signal, first_at < last_at FROM incident_signals"
    mesh.record(facts.IncidentOpened("i1", "d.p", "rows", signals=["late|d.below.a|age|", "free"]))
    mesh.record(facts.IncidentJoined("i1", "d.p", ["late|d.below.a|age|"], "again"))
    assert sorted(mesh.rows(kept)) == [
        ("i1", "d.below", "late|d.below.a|age|", 1),
        ("i1", "d.p", "free", 0),
    ]
    mesh.record(facts.ProductRenamed("e.new", "d.below"))
    assert ("i1", "e.new", "late|e.new.a|age|", 1) in mesh.rows(kept)


def test_an_incident_opens_and_ends(mesh: Recorded) -> None:
    """It is open until it is resolved."""
    opened = mesh.record(facts.IncidentOpened("i1", "d.p", "rejected", "maria", "b1"))
    kept = "SELECT incident, product, cause, owner, build, opened_at, state, address FROM incidents"
    assert mesh.rows(kept) == [("i1", "d.p", "rejected", "maria", "b1", opened.at, "open", "d.p")]
    resolved = mesh.record(facts.IncidentResolved("i1", "d.p"))
    assert mesh.rows("SELECT state, resolved_at FROM incidents") == [("resolved", resolved.at)]


def test_a_contract_is_kept_once_a_digest(mesh: Recorded) -> None:
    """Promised again, it is dated again."""
    promise = facts.ContractPublished("d.p", "a", "id", "1.0.0", "x", {"k": [1]})
    other = facts.ContractPublished("d.p", "a", "id", "1.1.0", "y", {})
    mesh.record(promise)
    mesh.record(other)
    again = mesh.record(promise)
    assert mesh.rows("SELECT digest, document FROM contracts ORDER BY digest") == [
        ("x", '{"k":[1]}'),
        ("y", "{}"),
    ]
    assert mesh.rows("SELECT published_at FROM contracts WHERE digest = 'x'") == [(again.at,)]


def test_a_query_is_kept(mesh: Recorded) -> None:
    """Who, for whom, when, what, how much, why, what was shown and what decided; and that it is used."""
    ran = facts.QueryRan("q1", "digest", ["d.p.a@1"], 3, 0.5, "report")
    first = mesh.record(ran)
    second = mesh.record(
        facts.QueryRan("q2", "digest", ["d.p.a@1", "d.p.a@2"], None, 0.5, "report", "", "service:bi",
                       "person:ada", "sql", ["d.p.a.name"], ["d.p.a.email"], ["grant:g-1"])
    )  # fmt: skip
    columns = "query, at, actor, sql, read, rows, seconds, purpose, error, principal, on_behalf_of"
    assert mesh.rows(f"SELECT {columns}, door, raw, masked, policies FROM queries") == [
        ("q1", first.at, "maria", "digest", '["d.p.a@1"]', 3, 0.5, "report", "", "maria", "", "",
         "[]", "[]", "[]"),
        ("q2", second.at, "maria", "digest", '["d.p.a@1","d.p.a@2"]', None, 0.5, "report", "",
         "service:bi", "person:ada", "sql", '["d.p.a.name"]', '["d.p.a.email"]', '["grant:g-1"]'),
    ]  # fmt: skip
    assert mesh.rows("SELECT * FROM uses ORDER BY principal") == [
        ("maria", "d.p.a", 1, first.at),
        ("service:bi", "d.p.a", 1, second.at),
    ]


def test_a_refused_query_is_no_use_and_a_stream_ends_with_its_rows(mesh: Recorded) -> None:
    mesh.record(facts.QueryRan("q1", "digest", ["d.p.a@1"], None, 0.5, error="access-denied"))
    mesh.record(facts.QueryRan("q2", "digest", ["d.p.a@1"], None, 0.5))
    mesh.record(facts.QueryEnded("q2", 7, 1.5))
    assert mesh.rows("SELECT query, rows, seconds, error FROM queries ORDER BY query") == [
        ("q1", None, 0.5, "access-denied"),
        ("q2", 7, 1.5, ""),
    ]
    assert mesh.rows("SELECT queries FROM uses") == [(1,)]


def test_a_rollback_moves_the_pointer_and_holds_the_code(mesh: Recorded) -> None:
    """The older version is served, the newer one's code is held, and only differing ports have to follow."""
    mesh.record(published("d.p", 1, {"a": port(["f"]), "b": port(["x"])}))
    mesh.record(published("d.p", 2, {"a": port(["g"], ["f"]), "b": port()}, 1))
    mesh.record(facts.VersionRolledBack("d.p", 2, 1, "wrong"))
    assert mesh.rows("SELECT served, latest, held_code FROM products") == [(1, 2, "code-2")]
    assert mesh.rows("SELECT port, sequence FROM ports") == [("a", 3), ("b", 1)]
    mesh.record(published("d.p", 3, {"a": port(), "b": port(["y"])}, 1))
    assert mesh.rows("SELECT served, latest, held_code FROM products") == [(3, 3, "")]
    assert mesh.rows("SELECT port, sequence FROM ports") == [("a", 3), ("b", 4)]


def test_versions_of_the_same_files_are_the_same(mesh: Recorded) -> None:
    """Going back and forth between versions that share their last files leaves nothing to follow."""
    mesh.record(published("d.p", 1, {"a": port(["f"])}))
    mesh.record(published("d.p", 2, {"a": port()}, 1))
    mesh.record(published("d.p", 3, {"a": port(["g"], ["f"])}, 2))
    mesh.record(facts.VersionRolledBack("d.p", 3, 1))
    assert mesh.rows("SELECT sequence FROM ports") == [(4,)]
    mesh.record(facts.VersionRolledBack("d.p", 1, 2))
    assert mesh.rows("SELECT sequence FROM ports") == [(4,)]


def test_a_change_costs_its_difference(mesh: Recorded) -> None:
    """A version that adds one file to a thousand writes one row of `port_files`."""
    mesh.record(published("d.p", 1, {"a": port(f"f{n}" for n in range(1000))}))
    mesh.record(published("d.p", 2, {"a": port(["new"], ["f7"])}, 1))
    assert mesh.rows("SELECT count(*), max(rowid) FROM port_files") == [(1001, 1001)]
    assert mesh.rows("SELECT path FROM port_files WHERE last_version = 1") == [("f7",)]


def test_a_vacuumed_version_is_marked(mesh: Recorded) -> None:
    """Its own files are forgotten, those that a kept version shares stay."""
    mesh.record(published("d.p", 1, {"a": port(["f", "shared"])}))
    mesh.record(published("d.p", 2, {"a": port(["g"], ["f"])}, 1))
    mesh.record(facts.VersionVacuumed("d.p", 1, 1, 10))
    assert mesh.rows("SELECT version, vacuumed FROM versions") == [(1, 1), (2, 0)]
    assert mesh.rows("SELECT path FROM port_files ORDER BY 1") == [("g",), ("shared",)]


def test_a_dropped_port_ends(mesh: Recorded) -> None:
    """A port that a version no longer has keeps its older versions, and has nothing to follow."""
    mesh.record(published("d.p", 1, {"a": port(["f"]), "b": port(["x"])}))
    mesh.record(published("d.p", 2, {"a": port()}, 1))
    assert mesh.rows("SELECT path, last_version FROM port_files") == [("f", None), ("x", 1)]
    assert mesh.rows("SELECT port, sequence FROM ports") == [("a", 1), ("b", 1)]


@pytest.mark.parametrize("change", [{"columns": "other"}, {"location": "there"}])
def test_columns_and_place_are_followed_too(mesh: Recorded, change: dict[str, str]) -> None:
    """A port whose files stay but whose columns or folder change has something to follow."""
    mesh.record(published("d.p", 1, {"a": port(["f"])}))
    mesh.record(published("d.p", 2, {"a": port(**change)}, 1))
    assert mesh.rows("SELECT sequence FROM ports") == [(2,)]


def test_a_rename_takes_everything_along(mesh: Recorded) -> None:
    """No table knows the old name, but `aliases`; those who read it follow; twice works as well."""
    mesh.record(
        published("d0.p0", 1, {"a": port(["f"])}),
        published("d.reader", 1, {"a": port(["g"])}),
        facts.BuildRejected("b2", "d0.p0", [], 1, {}),
        facts.PortAudited("b2", "d0.p0", "a", 1, True, [{"id": "x"}], [["", "rows", 1]]),
        facts.RejectionAccepted("w", "b2", "d0.p0", "m", "r", "2030-01-01", []),
        facts.IncidentOpened("i", "d0.p0", "rejected", signals=["check|d0.p0.a|x|"]),
        facts.AddressMuted("d0.p0.a", "2030-01-01T00:00:00+00:00"),
        facts.ContractPublished("d0.p0", "a", "id", "1.0.0", "x", {}),
    )
    mesh.record(facts.ProductRenamed("sales.orders", "d0.p0"))
    mesh.record(facts.ProductRenamed("sales.all_orders", "sales.orders"))
    tables = (
        "products ports versions version_ports port_files version_inputs builds checks series"
        " waivers incidents contracts"
    )
    for table in tables.split():
        names = {row[0] for row in mesh.rows(f"SELECT product FROM {table}")}
        assert names <= {"sales.all_orders", "d.reader"}, table
        assert "sales.all_orders" in names, table
    assert mesh.rows("SELECT address FROM incidents") == [("sales.all_orders",)]
    assert mesh.rows("SELECT address FROM mutes") == [("sales.all_orders.a",)]
    assert mesh.rows("SELECT signal FROM incident_signals") == [("check|sales.all_orders.a|x|",)]
    assert mesh.rows("SELECT * FROM aliases ORDER BY 1") == [
        ("d0.p0", "sales.all_orders"),
        ("sales.orders", "sales.all_orders"),
    ]
    assert mesh.rows("SELECT address FROM version_inputs WHERE product = 'd.reader'") == [
        ("sales.all_orders.a",),
        ("*.csv",),
    ]


def test_a_name_can_be_taken_back(mesh: Recorded) -> None:
    """Renamed there and back, the product has its first name, and the other is the alias."""
    mesh.record(published("d.p", 1, {"a": port(["f"])}))
    mesh.record(facts.ProductRenamed("d.q", "d.p"), facts.ProductRenamed("d.p", "d.q"))
    assert mesh.rows("SELECT product FROM products") == [("d.p",)]
    assert mesh.rows("SELECT * FROM aliases") == [("d.q", "d.p")]


def test_a_taken_name_is_refused(mesh: Recorded) -> None:
    """Two products do not become one."""
    mesh.record(published("d.p", 1, {"a": port()}), published("d.q", 1, {"a": port()}))
    with pytest.raises(MeshwrightError) as caught:
        mesh.record(facts.ProductRenamed("d.q", "d.p"))
    assert caught.value.code == "rename-taken"


def test_a_retired_product_says_until_when(mesh: Recorded) -> None:
    """It is still served, and published again if need be."""
    mesh.record(published("d.p", 1, {"a": port(["f"])}))
    mesh.record(facts.ProductRetired("d.p", "2030-01-01", "old", ["d.q"]))
    mesh.record(published("d.p", 2, {"a": port(["g"])}))
    assert mesh.rows("SELECT served, status, retired_until FROM products") == [
        (2, "retired", "2030-01-01")
    ]


def test_statistics_are_kept_as_json(mesh: Recorded) -> None:
    """What a file's writer knew of its columns comes back as it was said."""
    described = port()
    statistics = {"x": {"nulls": 0, "minimum": "1", "maximum": "é"}}
    described["added"] = [{"path": "f", "rows": 1, "bytes": 2, "interval": "2026-01-01",
                           "statistics": statistics}]  # fmt: skip
    mesh.record(published("d.p", 1, {"a": described}))
    ((interval, text),) = mesh.rows("SELECT interval, statistics FROM port_files")
    assert interval == "2026-01-01"
    assert json.loads(str(text)) == statistics
