"""The SQL console over HTTP, on a real server over a mesh with personal data."""

import io
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyarrow
import pyarrow.parquet
import pytest

from meshwright.app.catalog.saved_queries import query_examples
from meshwright.app.identity.principals import find_principal
from meshwright.app.identity.proving import Proven
from meshwright.app.identity.users import add_user, remove_user
from tests.integration.granted import ANALYST, OWNER, VISITS, put_policies
from tests.integration.shop import copied, state
from tests.serving import Serving, error_of, serving
from tests.visiting import Visitor

POLICIES = """
policies:
  - id: regions
    effect: allow
    subjects: {principals: ["person:*"]}
    objects: {addresses: ["crm.people.people"]}
  - id: for-what
    effect: require-purpose
    subjects: {principals: ["person:anna"]}
    objects: {addresses: ["crm.people.people"]}
  - id: south-only
    effect: filter
    subjects: {principals: ["person:sue"]}
    objects: {addresses: ["crm.people.people"]}
    filter: region = 'south'
"""
PEOPLE = "select id, name, email, region from crm.people.people order by id"
ENDLESS = "select count(*) from range(10000000000) a(i), range(1000) b(j) where a.i * b.j % 7 = 3"
SUE, GUS = "person:sue", "person:gus"


@pytest.fixture(scope="module")
def server(built_crm: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = copied(built_crm, tmp_path_factory.mktemp("console") / "mesh")
    put_policies(folder, POLICIES, "crm")
    with serving(folder) as found:
        for name in (ANALYST, SUE, OWNER):
            add_user(found.service.wiring, name)
        yield found


@pytest.fixture
def anna(server: Serving) -> Visitor:
    return Visitor(server, ANALYST)


@pytest.fixture
def sue(server: Serving) -> Visitor:
    return Visitor(server, SUE)


@pytest.fixture
def olga(server: Serving) -> Visitor:
    return Visitor(server, OWNER)


def test_rows_come_with_what_they_rest_on(olga: Visitor) -> None:
    """Columns have types, the answer says the version, and how long it took."""
    document = olga.script("/console/rows", sql=PEOPLE).json()
    assert document["rows"] == [
        [1, "ada", "ada@example.com", "north"],
        [2, "bob", "bob@example.com", "south"],
    ]
    assert document["columns"][0] == {"name": "id", "type": "BIGINT", "masked": ""}
    (port,) = document["ports"]
    assert (port["address"], port["version"], port["allowed"]) == ("crm.people.people", 1, True)
    assert port["raw"] == ["email", "name"]
    assert document["more"] is False
    assert document["seconds"] >= 0


def test_a_masked_column_is_marked_whatever_it_is_called_in_the_result(sue: Visitor) -> None:
    sql = "select lower(email) as address, region from crm.people.people"
    document = sue.script("/console/rows", sql=sql).json()
    marks = [column["masked"] for column in document["columns"]]
    assert marks == ["crm.people.people.email: show-last-4", ""]
    assert "bob@" not in json.dumps(document)
    (port,) = document["ports"]
    assert port["masks"] == {"email": "show-last-4"}
    assert port["filters"] == ["region = 'south'"]
    assert "crm/south-only" in [reason["policy"] for reason in port["reasons"]]


def test_a_query_is_in_the_trail_as_asked_at_the_web(server: Serving, olga: Visitor) -> None:
    query = olga.script("/console/rows", sql=PEOPLE, purpose="care").json()["query"]
    sql = "SELECT principal, purpose, door FROM queries WHERE query = '{}'"
    with state(server.service.wiring.root, sql.format(query)) as rows:
        assert rows == [(OWNER, "care", "web")]


def test_a_purpose_is_asked_for_and_then_heard(anna: Visitor) -> None:
    refused = anna.script("/console/rows", sql=PEOPLE)
    assert error_of(refused) == (403, "access-denied")
    assert "purpose" in refused.json()["error"]["message"]
    assert anna.script("/console/rows", sql=PEOPLE, purpose="care").status_code == 200


def test_explain_says_what_a_query_would_rest_on_and_reads_nothing(
    server: Serving, anna: Visitor
) -> None:
    asked = "SELECT count(*) FROM queries WHERE principal = 'person:anna'"
    with state(server.service.wiring.root, asked) as before:
        document = anna.script("/console/explain", sql=PEOPLE).json()
    (port,) = document["ports"]
    assert (port["allowed"], port["needs_purpose"]) == (False, True)
    assert document["columns"] == []
    told = anna.script("/console/explain", sql=PEOPLE, purpose="care").json()
    assert [column["name"] for column in told["columns"]] == ["id", "name", "email", "region"]
    assert told["ports"][0]["masks"].keys() == {"name", "email"}
    with state(server.service.wiring.root, asked) as after:
        assert after == before


def test_what_may_not_be_read_is_refused_and_not_completed(sue: Visitor, olga: Visitor) -> None:
    assert error_of(sue.script("/console/rows", sql=f"select * from {VISITS}")) == (
        403,
        "access-denied",
    )
    names = sue.get("/console/names").json()
    assert [port["address"] for port in names["ports"]] == ["crm.people.people"]
    columns = {column["name"]: column["mask"] for column in names["ports"][0]["columns"]}
    assert columns["email"] == "show-last-4"
    assert columns["region"] == ""
    assert {"date_trunc", "count"} <= set(names["functions"])
    assert "read_csv" not in names["functions"]
    assert sue.get(f"/console/names/{VISITS}").status_code == 404


def test_a_port_that_asks_for_a_purpose_is_completed_all_the_same(anna: Visitor) -> None:
    (port,) = anna.get("/console/names").json()["ports"]
    assert port["needs_purpose"] is True
    assert anna.get("/console/names/crm.people.people").json()["needs_purpose"] is True


def test_a_wrong_text_is_told_with_its_line_and_a_hint(olga: Visitor) -> None:
    error = olga.script("/console/rows", sql="select id,\nfrom from x").json()["error"]
    assert error["code"] == "sql-syntax"
    assert error["message"].startswith("line 2: ")
    hinted = olga.script("/console/rows", sql="select nam from crm.people.people").json()["error"]
    assert "`name`" in hinted["hint"]


def test_only_the_first_ten_thousand_rows_are_shown_and_the_query_is_ended(olga: Visitor) -> None:
    document = olga.script("/console/rows", sql="select i from range(12345) t(i)").json()
    assert len(document["rows"]) == 10_000
    assert document["more"] is True
    exact = olga.script("/console/rows", sql="select i from range(10000) t(i)").json()
    assert (len(exact["rows"]), exact["more"]) == (10_000, False)


def test_a_number_that_a_browser_cannot_hold_comes_as_text(olga: Visitor) -> None:
    sql = "select 9007199254740993 a, 1.10::decimal(9,2) b, 'nan'::double c, null d, [1, 2] e, 'x'::blob f"
    assert olga.script("/console/rows", sql=sql).json()["rows"] == [
        ["9007199254740993", "1.10", "nan", None, [1, 2], "\\x78"]
    ]


def test_downloads_hold_the_rows_of_the_governed_query(server: Serving, sue: Visitor) -> None:
    """Every format, with masks and filters, as attachments."""
    wanted = server.service.mesh_of(_proven(server, SUE), "web").query(PEOPLE).rows()
    assert len(wanted) == 1
    found = {form: sue.send("/console/download", sql=PEOPLE, format=form) for form in
             ("csv", "parquet", "arrow", "ndjson")}  # fmt: skip
    for form, response in found.items():
        ends = "arrows" if form == "arrow" else form
        assert response.headers["content-disposition"] == f'attachment; filename="rows.{ends}"'
    arrow = pyarrow.ipc.open_stream(found["arrow"].content).read_all()
    parquet = pyarrow.parquet.read_table(io.BytesIO(found["parquet"].content))
    assert list(zip(*arrow.to_pydict().values(), strict=True)) == wanted
    assert parquet.to_pydict() == arrow.to_pydict()
    lines = [tuple(json.loads(line).values()) for line in found["ndjson"].text.splitlines()]
    assert lines == wanted
    header, row = found["csv"].text.splitlines()
    assert (header, row) == (
        "id,name,email,region",
        ",".join("" if v is None else str(v) for v in wanted[0]),
    )


def test_a_refused_download_is_a_page_that_keeps_the_text(sue: Visitor) -> None:
    response = sue.send("/console/download", sql=f"select * from {VISITS}", format="csv")
    assert response.status_code == 403
    assert "access-denied" in response.text
    assert f"select * from {VISITS}</textarea>" in response.text
    assert sue.send("/console/download", sql=PEOPLE, format="xlsx").status_code == 406


def test_without_a_script_a_form_shows_a_table(sue: Visitor) -> None:
    page = sue.send("/console", sql=PEOPLE).text
    assert "<td>south</td>" in page
    assert "north" not in page
    assert "show-last-4" in page
    wrong = sue.send("/console", sql="selec 1")
    assert (wrong.status_code, "sql-syntax" in wrong.text) == (400, True)


def test_a_form_of_another_page_runs_nothing(sue: Visitor) -> None:
    for path in (
        "/console",
        "/console/rows",
        "/console/explain",
        "/console/download",
        "/console/save",
    ):
        response = sue.send(path, csrf="0" * 32, sql=PEOPLE, title="x")
        assert response.status_code == 403, path
        assert "form-foreign" in response.text


def test_who_is_not_signed_in_sees_no_console(server: Serving) -> None:
    with httpx.Client(base_url=server.url, trust_env=False) as nobody:
        assert nobody.get("/console").headers["location"].startswith("/sign-in")
        assert nobody.post("/console/rows", data={"sql": PEOPLE}).status_code == 303
        assert nobody.get("/console/names").status_code == 303


def test_who_goes_away_ends_their_query(server: Serving, olga: Visitor) -> None:
    """Cancel hangs up: the query ends at the server, and the next one runs."""
    with pytest.raises(httpx.ReadTimeout):
        olga.client.post(
            "/console/rows",
            data={"sql": ENDLESS},
            timeout=1.5,
            headers={"X-CSRF-Token": olga.csrf()},
        )
    until = time.monotonic() + 20
    while time.monotonic() < until:
        sql = f"SELECT error FROM queries WHERE principal = '{OWNER}' ORDER BY at DESC LIMIT 1"
        with state(server.service.wiring.root, sql) as rows:
            if rows == [("query-interrupted",)]:
                break
        time.sleep(0.2)
    else:
        pytest.fail("the query was not ended")
    assert olga.script("/console/rows", sql="select 1").json()["rows"] == [[1]]


def test_a_kept_query_is_its_keepers_until_it_is_shared(sue: Visitor, olga: Visitor) -> None:
    said = {"sql": PEOPLE, "title": "Who is where", "purpose": "care"}
    where = sue.send("/console/save", **said).headers["location"]
    assert "Who is where" in sue.get(where).text
    assert olga.get(where).status_code == 404
    assert "Who is where" not in olga.get("/console").text
    id = where.partition("query=")[2]
    assert olga.send(f"/console/queries/{id}/share", shared="anybody").status_code == 404
    assert sue.send(f"/console/queries/{id}/share", shared="anybody").status_code == 303
    assert "Who is where" in olga.get(where).text
    assert olga.send(f"/console/queries/{id}/delete").status_code == 403
    assert olga.send("/console/save", id=id, **said).status_code == 403
    assert sue.send(f"/console/queries/{id}/delete").status_code == 303
    assert olga.get(where).status_code == 404


def test_a_shared_query_gives_each_reader_their_own_rows(sue: Visitor, olga: Visitor) -> None:
    said = {"sql": PEOPLE, "title": "Everybody", "shared": "anybody"}
    where = olga.send("/console/save", **said).headers["location"]
    for visitor, emails in ((olga, ["ada@example.com", "bob@example.com"]), (sue, None)):
        assert "from crm.people.people order by id</textarea>" in visitor.get(where).text
        rows = visitor.script("/console/rows", sql=PEOPLE).json()["rows"]
        if emails:
            assert [row[2] for row in rows] == emails
        else:
            assert [row[0] for row in rows] == [2]
            assert rows[0][2] != "bob@example.com"


def test_a_query_shared_with_a_product_is_an_example_of_its_ports(
    server: Serving, sue: Visitor, olga: Visitor
) -> None:
    said = {"sql": PEOPLE, "title": "An example", "shared": "crm.people"}
    where = sue.send("/console/save", **said).headers["location"]
    wiring = server.service.wiring
    who = _proven(server, OWNER).principal
    first, *_ = query_examples(wiring, who, "crm.people.people")
    assert first.title == "An example"
    assert "An example" in [one.title for one in query_examples(wiring, who, "crm.people")]
    assert query_examples(wiring, who, VISITS) == ()
    id = where.partition("query=")[2]
    assert olga.send(f"/console/queries/{id}/share", shared="").status_code == 303
    assert "An example" not in [one.title for one in query_examples(wiring, who, "crm.people")]
    assert sue.get(where).status_code == 200


def test_what_is_not_one_select_is_kept_but_not_shared(sue: Visitor) -> None:
    kept = sue.send("/console/save", sql="select from where", title="Half done")
    assert kept.status_code == 303
    id = kept.headers["location"].partition("query=")[2]
    assert sue.send(f"/console/queries/{id}/share", shared="anybody").status_code == 400
    assert sue.send(f"/console/queries/{id}/share", shared="team:others").status_code == 404


def test_history_has_ones_own_queries_without_values(sue: Visitor, olga: Visitor) -> None:
    sue.script("/console/rows", sql="select id from crm.people.people where region = 'secret-1234'")
    mine = sue.get("/console/history").text
    assert "select id from crm.people.people where region = " in mine
    assert "secret-1234" not in mine
    assert "where region = " not in olga.get("/console/history").text


def test_kept_queries_go_with_who_kept_them(
    server: Serving, built_crm: Path, tmp_path: Path
) -> None:
    with serving(copied(built_crm, tmp_path / "mesh")) as other:
        other.service.mesh_of(_proven(other, GUS), "web").queries.save("Mine", "select 1")
        remove_user(other.service.wiring, GUS)
        with state(other.service.wiring.root, "SELECT count(*) FROM saved_queries") as rows:
            assert rows == [(0,)]


def test_two_queries_at_once_do_not_wait_for_each_other(sue: Visitor, olga: Visitor) -> None:
    """A long query of one person leaves the pages to others."""
    ended: list[str] = []

    def long() -> None:
        try:
            sue.client.post(
                "/console/rows",
                data={"sql": ENDLESS},
                timeout=4,
                headers={"X-CSRF-Token": sue.csrf()},
            )
        except httpx.ReadTimeout:
            ended.append("given up")

    thread = threading.Thread(target=long)
    thread.start()
    assert olga.script("/console/rows", sql="select 1").status_code == 200
    assert olga.get("/console").status_code == 200
    thread.join()
    assert ended == ["given up"]


def _proven(server: Serving, who: str) -> Proven:
    with server.service.wiring.store.read() as reader:
        found = find_principal(server.service.wiring, reader, who)
    assert found is not None
    return Proven(found)
