"""Files beside a build, downloaded: by whom, under which names, and what no name leads to."""

import json
import os
import re
from collections.abc import Iterator
from copy import deepcopy
from html import unescape
from http.client import HTTPConnection
from pathlib import Path

import pytest

from meshwright.app.catalog.build_files import (
    MOST_LISTED,
    MOST_TEXT,
    Taker,
    chunks_of,
    find_file,
    list_files,
    open_file,
)
from meshwright.app.catalog.builds import show_build
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import SOMETHING, Veil
from meshwright.app.identity.tokens import issue_token
from meshwright.app.identity.users import add_user
from meshwright.app.mesh import open_mesh
from meshwright.serve.web.pages.build_files import safe_name
from tests.integration.granted import put_policies, write_crm
from tests.integration.shop import BAD_ORDERS, build
from tests.integration.web import WEB
from tests.meshes import set_model, set_silo, write_mesh
from tests.serving import Serving, serving
from tests.visiting import Visitor

OWNER, STRANGER, TOP = "person:sales@example.com", "person:gus", "person:top@example.com"
TEAMED = "person:tim"
SECRET = "what no page may give away"
HIDE = "visibility:\n  - id: hide-visits\n    objects: {addresses: [web.visits]}\n"


@pytest.fixture
def server(shop: Path) -> Iterator[Serving]:
    with serving(shop, people=False) as found:
        for name in (OWNER, STRANGER):
            add_user(found.service.wiring, name)
        yield found


@pytest.fixture
def rejected(shop: Path) -> str:
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    return build(shop, "sales.orders")["sales.orders"].build


def beside(folder: Path, name: str, product: str = "sales/orders") -> Path:
    return folder / ".mesh" / "data" / product / ".builds" / name


def test_a_file_is_downloaded_as_it_lies_there(server: Serving, shop: Path, rejected: str) -> None:
    visitor = Visitor(server, OWNER)
    page = visitor.get(f"/builds/{rejected}").text
    for name in ("orders.audit.json", "log.ndjson", "statistics/orders.json"):
        path = beside(shop, rejected) / name
        assert f'href="/builds/{rejected}/files/{name}"' in page
        answer = visitor.get(f"/builds/{rejected}/files/{name}")
        assert (answer.status_code, answer.content) == (200, path.read_bytes())
        said = answer.headers
        kept = f"{rejected}-{name.replace('/', '-')}"
        assert said["content-disposition"] == f'attachment; filename="{kept}"'
        assert said["x-content-type-options"] == "nosniff"
        assert said["content-type"] == "application/octet-stream"
        assert said["content-length"] == str(path.stat().st_size)
        assert "no-store" in said["cache-control"]
        assert "default-src 'none'" in said["content-security-policy"]
    examples = json.loads(visitor.get(f"/builds/{rejected}/files/orders.audit.json").content)
    assert examples["examples"], "the rows that failed are what one comes for"


def test_who_may_not_see_rows_is_told_that_there_is_none(server: Serving, rejected: str) -> None:
    path = f"/builds/{rejected}/files/orders.audit.json"
    assert Visitor(server).get(path).status_code == 200
    stranger = Visitor(server, STRANGER)
    assert stranger.get(f"/builds/{rejected}").status_code == 200
    assert "/files/" not in stranger.get(f"/builds/{rejected}").text
    refused = stranger.get(path)
    nothing = stranger.get(f"/builds/{rejected}/files/none.json")
    assert (refused.status_code, nothing.status_code) == (404, 404)
    assert refused.text.replace("orders.audit", "none") == nothing.text
    unsigned = Visitor(server, None).get(path)
    assert (unsigned.status_code, unsigned.headers["location"].partition("?")[0]) == (
        303,
        "/sign-in",
    )


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2forders%2f_delta_log%2f00000000000000000000.json",
        "..%2f..%2f..%2f..%2f..%2fmesh.yaml",
        "%2e%2e/%2e%2e/secret.txt",
        "statistics%2f..%2flog.ndjson",
        "../../secret.txt",
        "statistics/../log.ndjson",
        "./log.ndjson",
        "%2e/log.ndjson",
        "/log.ndjson",
        "%2flog.ndjson",
        "%2fetc%2fpasswd",
        "log.ndjson%00.txt",
        "log.ndjson/",
        "LOG.NDJSON",
        "statistics",
        "..%5c..%5csecret.txt",
        "",
    ],
)
def test_only_a_name_that_is_listed_is_given(
    server: Serving, shop: Path, rejected: str, name: str
) -> None:
    (beside(shop, rejected).parent.parent / "secret.txt").write_text(SECRET)
    status, text = as_written(Visitor(server, OWNER), f"/builds/{rejected}/files/{name}")
    assert (status, SECRET in text) == (404, False)


def as_written(visitor: Visitor, path: str) -> tuple[int, str]:
    """Ask for a path as it is written: a browser, and httpx, would shorten it."""
    url = visitor.client.base_url
    connection = HTTPConnection(url.host, url.port, timeout=20)
    cookies = "; ".join(f"{one}={value}" for one, value in visitor.client.cookies.items())
    connection.request("GET", path, headers={"Cookie": cookies})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_no_link_is_followed(server: Serving, shop: Path, rejected: str) -> None:
    home, outside = beside(shop, rejected), shop / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text(SECRET)
    (home / "link.txt").symlink_to(outside / "secret.txt")
    (home / "folder").symlink_to(outside)
    os.mkfifo(home / "pipe.txt")
    visitor = Visitor(server, OWNER)
    page = visitor.get(f"/builds/{rejected}").text
    for name in ("link.txt", "folder/secret.txt", "pipe.txt"):
        assert name not in page
        answer = visitor.get(f"/builds/{rejected}/files/{name}")
        assert (answer.status_code, SECRET in answer.text) == (404, False), name


def test_a_link_that_takes_the_place_of_what_was_listed_leads_nowhere(
    server: Serving, shop: Path, rejected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the listing and the opening: a file, and a folder above one."""
    home, outside = beside(shop, rejected), shop / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text(SECRET)
    for folder in (home, home / "deep"):
        folder.mkdir(exist_ok=True)
        (folder / "kept.txt").write_text("mine")
    knowing = Knowing(server.service.wiring.asker().principal)
    listed = list_files(home, Taker(knowing), Veil(knowing))
    assert {"kept.txt", "deep/kept.txt"} <= {one.name for one in listed.files}
    (home / "kept.txt").unlink()
    (home / "kept.txt").symlink_to(outside / "kept.txt")
    (home / "deep" / "kept.txt").unlink()
    (home / "deep").rmdir()
    (home / "deep").symlink_to(outside)
    monkeypatch.setattr("meshwright.app.catalog.build_files.list_files", lambda *_: listed)
    for name in ("kept.txt", "deep/kept.txt"):
        answer = Visitor(server, OWNER).get(f"/builds/{rejected}/files/{name}")
        assert (answer.status_code, SECRET in answer.text) == (404, False), name


def test_a_file_is_given_as_far_as_it_was_when_it_was_opened(shop: Path, rejected: str) -> None:
    """In parts, so that a large one takes no memory; what is written meanwhile is not part of it."""
    path = beside(shop, rejected) / "long.txt"
    path.write_bytes(b"x" * 700_000)
    with open_mesh(shop) as mesh:
        knowing = Knowing(mesh.wiring.asker().principal)
        found = open_file(find_file(mesh.wiring, knowing, rejected, "long.txt"))
    with path.open("ab") as file:
        file.write(b"y" * 300_000)
    parts = list(chunks_of(found))
    assert [len(part) for part in parts] == [262_144, 262_144, 175_712]
    assert set(b"".join(parts)) == {ord("x")}
    assert found.file.closed


def test_rows_are_taken_away_by_whoever_owns_the_mesh_alone(
    server: Serving, shop: Path, rejected: str
) -> None:
    """A port's policies decide on its rows, and nobody asks them here; what it read of others is nobody's."""
    home, path = beside(shop, rejected), f"/builds/{rejected}/files"
    for name in ("input-customers.parquet", "orders.parquet", "customers.parquet"):
        (home / name).write_bytes(b"PAR1")
    add_user(server.service.wiring, TEAMED, teams=["team:sales"])
    for who in (OWNER, TEAMED, ""):
        visitor = Visitor(server, who)
        page = visitor.get(f"/builds/{rejected}").text
        answer = visitor.get(f"{path}/orders.parquet")
        assert (answer.status_code, answer.content == b"PAR1") == (
            (404, False) if who else (200, True)
        )
        assert (f'href="{path}/orders.parquet"' in page) is not bool(who)
        assert f"And {3 if who else 2} more on the machine that built it" in page
        assert ("are for whoever owns the mesh's files" in unescape(page)) is bool(who)
        for name in ("input-customers.parquet", "customers.parquet"):
            assert name not in page
            assert visitor.get(f"{path}/{name}").status_code == 404


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        ("effect: deny\n    objects: {addresses: [crm.people.people]}", 404),
        (
            "effect: filter\n    filter: region = 'south'\n    objects: {addresses: [crm.people.people]}",
            404,
        ),
        (
            "effect: mask\n    mask: replace-with-null\n    objects: {addresses: ['*.*.*.region']}",
            404,
        ),
        ("effect: require-purpose\n    objects: {addresses: [crm.people.people]}", 404),
        ("effect: nonsense", 404),
        ("", 200),
    ],
)
def test_what_an_audit_saw_of_values_is_for_whom_policies_show_the_port_whole(
    tmp_path: Path, policy: str, status: int
) -> None:
    folder = write_crm(tmp_path / "mesh")
    with open_mesh(folder) as mesh:
        name = {str(one.product): one for one in mesh.run()}["crm.people"].build
    if policy:
        put_policies(folder, f"policies:\n  - id: no\n    description: x\n    {policy}\n")
    path = f"/builds/{name}"
    with serving(folder, people=False) as server:
        add_user(server.service.wiring, "person:olga@example.com")
        visitors = Visitor(server, "person:olga@example.com"), Visitor(server)
        for visitor, expected in zip(visitors, (status, 200), strict=True):
            page = visitor.get(path).text
            for file in ("people.audit.json", "statistics/people.json"):
                assert visitor.get(f"{path}/files/{file}").status_code == expected, file
                assert (f"{path}/files/{file}" in page) is (expected == 200)
            assert visitor.get(f"{path}/files/log.ndjson").status_code == 200


def test_of_columns_that_are_not_served_no_policy_can_be_asked(server: Serving, shop: Path) -> None:
    """A policy may mask what a build made and what is served has not."""
    more = "select id, customer, amount, customer as whose from clean"
    set_model(shop, "sales.orders", "orders", more)
    result = build(shop, "sales.orders")["sales.orders"]
    assert result.status == "rejected", "its contract declares no such column"
    path, owner = f"/builds/{result.build}/files", Visitor(server, OWNER)
    for name in ("orders.audit.json", "statistics/orders.json"):
        assert owner.get(f"{path}/{name}").status_code == 404
        assert Visitor(server).get(f"{path}/{name}").status_code == 200
    assert owner.get(f"{path}/log.ndjson").status_code == 200


def test_what_tells_of_the_server_is_for_whoever_owns_the_mesh(
    server: Serving, shop: Path, rejected: str
) -> None:
    (beside(shop, rejected) / "traceback.txt").write_text('File "/opt/mesh/make.py", line 1')
    for who, status in ((OWNER, 404), ("", 200)):
        visitor = Visitor(server, who)
        path = f"/builds/{rejected}/files/traceback.txt"
        assert visitor.get(path).status_code == status
        assert (path in visitor.get(f"/builds/{rejected}").text) is (status == 200)


def test_what_is_not_listed_is_counted(shop: Path, rejected: str) -> None:
    home = beside(shop, rejected)
    before = sum(path.is_file() for path in home.rglob("*"))
    for number in range(MOST_LISTED):
        (home / f"{number:03}.txt").write_text("x")
    with open_mesh(shop) as mesh:
        knowing = Knowing(mesh.wiring.asker().principal)
        page = show_build(mesh.wiring, knowing, rejected)
    assert (len(page.files), page.other_files) == (MOST_LISTED, before)


def test_the_same_is_listed_for_programs(server: Serving, shop: Path, rejected: str) -> None:
    (beside(shop, rejected) / "orders.parquet").write_bytes(b"PAR1")
    (beside(shop, rejected) / "reference.crm__people__people.parquet").write_bytes(b"PAR1")
    token = issue_token(server.service.wiring, OWNER).text
    said = server.get(f"/api/v1/builds/{rejected}", token=token).json()
    names = {one["name"] for one in said["files"]}
    assert "orders.audit.json" in names
    assert not any(name.endswith(".parquet") for name in names)
    assert said["other_files"] == 2


def test_a_question_for_the_head_reads_nothing(
    server: Serving, shop: Path, rejected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshwright.serve.web.pages.build_files.open_file", None)
    visitor, path = Visitor(server, OWNER), f"/builds/{rejected}/files"
    answer = visitor.client.head(f"{path}/log.ndjson")
    size = (beside(shop, rejected) / "log.ndjson").stat().st_size
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(size))
    assert visitor.client.head(f"{path}/none.txt").status_code == 404


def test_what_is_downloaded_names_nothing_hidden(tmp_path: Path) -> None:
    """The owner of a product that reads a hidden one: no file, and no line of one, has its name."""
    folder = write_mesh(tmp_path / "mesh", WEB)
    with open_mesh(folder) as mesh:
        name = {str(one.product): one for one in mesh.run()}["top.summary"].build
    put_policies(folder, HIDE)
    home = beside(folder, name, "top/summary")
    (home / "input-visits.parquet").write_bytes(b"PAR1")
    (home / "error.txt").write_text("cannot read web.visits.visits, the input `visits`")
    with (home / "log.ndjson").open("a") as log:
        log.write('{"at": "2026-01-01", "kind": "warning", "text": "`visits` is empty"}\n')
        log.write('{"at": "2026-01-01", "text": "`visi')  # as while it is being written
    with serving(folder) as server:
        mine, theirs = Visitor(server), Visitor(server, TOP)
        path = f"/builds/{name}/files"
        assert mine.get(f"{path}/log.ndjson").content == (home / "log.ndjson").read_bytes()
        told = theirs.get(f"{path}/log.ndjson")
        assert "visits" not in told.text
        lines = [json.loads(line)["text"] for line in told.text.splitlines()]
        assert (lines[0], lines[-1]) == ("making named", "something you may not know of is empty")
        assert "visits" not in theirs.get(f"{path}/error.txt").text
        assert "visits" not in theirs.get(f"/builds/{name}").text


@pytest.fixture
def veiled(tmp_path: Path) -> Iterator[tuple[Path, Visitor, str]]:
    """A build of a product that reads a hidden one by an input called `rows`; and its owner."""
    made = deepcopy(WEB)
    summary = made["top"]["summary"]
    summary["inputs"] = {"rows": {"port": "web.visits.visits"}}
    summary["ports"] = {"named": "select name, sum(pages)::BIGINT as pages from rows group by 1"}
    folder = write_mesh(tmp_path / "mesh", made)
    with open_mesh(folder) as mesh:
        name = {str(one.product): one for one in mesh.run()}["top.summary"].build
    put_policies(folder, HIDE)
    with serving(folder) as server:
        yield beside(folder, name, "top/summary"), Visitor(server, TOP), f"/builds/{name}"


def test_no_file_is_called_after_what_is_hidden(veiled: tuple[Path, Visitor, str]) -> None:
    home, theirs, build = veiled
    before = theirs.get(build).text
    names = (
        "reference.web__visits__visits.parquet",
        "web__visits.txt",
        "web.visits.txt",
        "input-rows.json",
    )
    for name in names:
        (home / name).write_text("{}")
    page = theirs.get(build).text
    assert "visits" not in page
    assert len(re.findall("/files/", page)) == len(re.findall("/files/", before))
    assert "And 4 more on the machine that built it" in page
    for name in names:
        assert theirs.get(f"{build}/files/{name}").status_code == 404


def test_no_path_leads_to_what_is_hidden(veiled: tuple[Path, Visitor, str]) -> None:
    home, theirs, build = veiled
    path = home.parents[3] / "web" / "visits" / "visits" / "b_1-0.parquet"
    said = f'No files found that match "{path}", web__visits__visits (/data/web/visits:1)'
    (home / "error.txt").write_text(f"engine-failed: {said}")
    answer = theirs.get(f"{build}/files/error.txt")
    assert (answer.status_code, "visits" in answer.text, str(home.parents[3]) in answer.text) == (
        200, False, False,
    )  # fmt: skip
    assert answer.text.startswith('engine-failed: No files found that match "something')
    (home / "error.txt").write_text(f"{'x' * 3990} web.visits.visits")
    assert show_error(theirs, build).endswith("x something")


def show_error(visitor: Visitor, build: str) -> str:
    """Return the message of an error as programs are told it: a part of it, where it is long."""
    token = issue_token(visitor.server.service.wiring, TOP).text
    return str(visitor.server.get(f"/api/v1{build}", token=token).json()["error"])


def test_json_stays_json_whatever_an_input_is_called(veiled: tuple[Path, Visitor, str]) -> None:
    home, theirs, build = veiled
    answer = theirs.get(f"{build}/files/named.audit.json")
    lying = json.loads((home / "named.audit.json").read_text())
    given = json.loads(answer.content)
    assert '"rows"' in json.dumps(lying), "the key that is called like the input"
    assert [one.keys() for one in given["columns"]] == [one.keys() for one in lying["columns"]]
    assert [one["rows"] for one in given["columns"]] == [one["rows"] for one in lying["columns"]]
    odd = home / "statistics" / "named.json"
    odd.write_text('{"web.visits": ["`rows` of web.visits.visits", 1.5, null]}')
    told = json.loads(theirs.get(f"{build}/files/statistics/named.json").content)
    assert told == {SOMETHING: [f"{SOMETHING} of {SOMETHING}", 1.5, None]}
    for text in ("{'visits", "[" * 100_000, '{"visits": '):
        odd.write_text(text)
        assert theirs.get(f"{build}/files/statistics/named.json").status_code == 404


def test_no_text_is_gone_through_for_long(veiled: tuple[Path, Visitor, str]) -> None:
    """While one goes on, no other page is answered; what is larger is not had, and not linked."""
    home, theirs, build = veiled
    (home / "large.txt").write_bytes(b"x" * (MOST_TEXT + 1))
    (home / "less.txt").write_bytes(b"x" * MOST_TEXT)
    page = theirs.get(build).text
    assert "large.txt" not in page
    assert "less.txt" in page
    assert theirs.get(f"{build}/files/large.txt").status_code == 404
    assert len(theirs.get(f"{build}/files/less.txt").content) == MOST_TEXT
    assert MOST_TEXT <= 1024 * 1024
    assert "content-length" not in theirs.client.head(f"{build}/files/less.txt").headers


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("statistics/orders.json", "b_1-statistics-orders.json"),
        ('a"; filename="evil.exe', "b_1-a-filename-evil.exe"),
        ("a\r\nSet-Cookie: x", "b_1-a-Set-Cookie-x"),
        ("../../x", "b_1-x"),
        ("ä" * 300, "b_1-"),
    ],
)
def test_the_name_that_a_file_is_kept_by_has_nothing_in_it_that_means_something(
    name: str, kept: str
) -> None:
    assert safe_name("b_1", name) == kept
