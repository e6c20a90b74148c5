"""Files beside a build, downloaded: by whom, under which names, and what no name leads to."""

import json
import os
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from meshwright.app.catalog.build_files import chunks_of, list_files, open_file
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import Veil
from meshwright.app.identity.users import add_user
from meshwright.app.mesh import open_mesh
from meshwright.serve.web.pages.build_files import safe_name
from tests.integration.granted import put_policies
from tests.integration.shop import BAD_ORDERS, build
from tests.integration.web import WEB
from tests.meshes import set_silo, write_mesh
from tests.serving import Serving, serving
from tests.visiting import Visitor

OWNER, STRANGER, TOP = "person:sales@example.com", "person:gus", "person:top@example.com"
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
    listed = list_files(home, Veil(Knowing(server.service.wiring.asker().principal)))
    assert {"kept.txt", "deep/kept.txt"} <= {one.name for one in listed}
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
        found = open_file(mesh.wiring, knowing, rejected, "long.txt")
    with path.open("ab") as file:
        file.write(b"y" * 300_000)
    parts = list(chunks_of(found))
    assert [len(part) for part in parts] == [262_144, 262_144, 175_712]
    assert set(b"".join(parts)) == {ord("x")}
    assert found.file.closed


def test_rows_of_other_products_are_not_taken_away_from_beside_a_build(
    server: Serving, shop: Path, rejected: str
) -> None:
    """What a product was shown of ports of others lies there too; rows of its own that were put aside do."""
    home = beside(shop, rejected)
    for name in ("input-customers.parquet", "orders.parquet", "customers.parquet"):
        (home / name).write_bytes(b"PAR1")
    for who in (OWNER, ""):
        visitor = Visitor(server, who)
        page = visitor.get(f"/builds/{rejected}").text
        assert "input-customers.parquet" in page
        assert "is read there, not here" in page
        path = f"/builds/{rejected}/files"
        assert f'href="{path}/input-customers.parquet"' not in page
        assert visitor.get(f"{path}/input-customers.parquet").status_code == 404
        assert visitor.get(f"{path}/customers.parquet").status_code == 404
        assert visitor.get(f"{path}/orders.parquet").content == b"PAR1"


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
    with serving(folder) as server:
        mine, theirs = Visitor(server), Visitor(server, TOP)
        path = f"/builds/{name}/files"
        assert mine.get(f"{path}/log.ndjson").content == (home / "log.ndjson").read_bytes()
        told = theirs.get(f"{path}/log.ndjson")
        assert "visits" not in told.text
        lines = [json.loads(line)["text"] for line in told.text.splitlines()]
        assert (lines[0], lines[-1]) == ("making named", "something you may not know of is empty")
        assert "input-visits.parquet" in mine.text(f"/builds/{name}")
        assert "visits" not in theirs.get(f"{path}/error.txt").text
        assert "visits" not in theirs.get(f"/builds/{name}").text


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
