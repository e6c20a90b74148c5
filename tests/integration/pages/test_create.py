"""A product from a file, in a browser without JavaScript: four steps, and what may go wrong in each."""

import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from meshwright.app.creating import drafts
from meshwright.app.identity.users import add_user
from meshwright.serve import uploads
from tests.integration.repository import begin, git
from tests.serving import Serving, serving
from tests.visiting import Visitor, seen

OWNER, ADA, GUS = "person:sales@example.com", "person:ada", "person:gus"
CSV = "id,email,city,amount\n" + "".join(
    f"{n},p{n}@example.com,{'Berlin' if n % 2 else 'Rome'},{n}.5\n" for n in range(1, 80)
)
NAMES = {
    "domain": "sales",
    "title": "Refunds: all # of them",
    "product": "refunds",
    "port": "refunds",
    "purpose": "What went back.\nAnd why: for <b>finance</b>.",
    "owner": "sales@example.com",
}


@pytest.fixture
def server(shop: Path) -> Iterator[Serving]:
    with serving(shop, people=False) as found:
        for name in (OWNER, ADA, GUS):
            add_user(found.service.wiring, name)
        yield found


def upload(visitor: Visitor, name: str, data: str | bytes, **said: str) -> httpx.Response:
    """Send a file."""
    return visitor.client.post(
        "/create/source",
        data={"csrf": visitor.csrf(), **said},
        files={"file": (name, data)},
        headers={"Accept": "text/html"},
    )


def begun(visitor: Visitor, name: str = "Refunds 2024.csv", data: str | bytes = CSV) -> str:
    """Return the path of a draft over a file."""
    sent = upload(visitor, name, data)
    assert sent.status_code == 303, seen(sent)
    found = re.fullmatch(r"(/create/[0-9a-f]{16})/names", sent.headers["location"])
    assert found
    return found[1]


def named(visitor: Visitor, **more: str) -> str:
    """Return the path of a draft that has names."""
    draft = begun(visitor)
    sent = visitor.send(f"{draft}/names", **{**NAMES, **more})
    assert sent.status_code == 303, seen(sent)
    return draft


def ended(visitor: Visitor, draft: str) -> str:
    """Wait for the first build and return what the page says."""
    for _ in range(600):  # the build is a process of its own
        text = visitor.text(f"{draft}/done")
        if "Building" not in text:
            return text
        time.sleep(0.1)
    raise AssertionError("the build does not end")


def choices(**more: str) -> dict[str, Any]:
    """Return the contract's form with four columns kept as they are."""
    kept = {f"is_kept-{n}": "on" for n in range(4)}
    return {**kept, **{f"required-{n}": "on" for n in range(4)}, **more}


def test_a_file_becomes_a_published_product_in_four_steps(server: Serving, shop: Path) -> None:
    owner = Visitor(server, OWNER)
    draft = begun(owner)
    form = owner.get(f"{draft}/names").text
    assert 'value="refunds_2024"' in form, "names are suggested from the file"
    assert "79 rows, 4 columns" in seen(owner.get(f"{draft}/names"))
    owner.follow(owner.send(f"{draft}/names", **NAMES))
    contract = owner.text(f"{draft}/contract")
    assert "looks personal: pii" in contract
    assert "one of Berlin, Rome" in contract
    chosen = choices(**{
        "description-0": "Number: # of it\n- yes", "classification-1": "restricted", "enum-2": "on",
    })  # fmt: skip
    chosen.pop("is_kept-3")
    review = owner.follow(owner.send(f"{draft}/contract", **chosen))
    assert "4 files" in review
    assert "classification: restricted" in review
    assert "name: amount" not in review, "a column that is dropped is in no file"
    assert not (shop / "domains/sales/refunds").exists(), "nothing is written before the end"
    owner.follow(owner.send(f"{draft}/review"))
    assert "published version 1" in ended(owner, draft)
    assert (shop / "domains/sales/refunds/data/refunds_2024.csv").read_text() == CSV
    shown = server.service.mesh_of(_proven(server, OWNER), "web").show("sales.refunds")
    assert (shown.product.title, shown.product.owners) == (NAMES["title"], ("sales@example.com",))
    assert shown.product.description == NAMES["purpose"]
    assert [(c.name, c.required) for c in shown.ports[0].columns] == [
        ("id", True), ("email", True), ("city", True)
    ]  # fmt: skip
    assert shown.ports[0].columns[0].description == "Number: # of it\n- yes"
    assert shown.ports[0].columns[2].enum == ("Berlin", "Rome")
    assert owner.send(f"{draft}/review").headers["location"].endswith("/done"), (
        "it is not made twice"
    )


def _proven(server: Serving, name: str) -> Any:
    from meshwright.app.identity.proving import Proven

    principal = server.service.proving.principal(name)
    assert principal is not None
    return Proven(principal)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("product", "Bad Name", "cannot be the name of a product"),
        ("product", "orders", "exists already"),
        ("product", "pg_catalog", "SQL keeps for itself"),
        ("product", "../../etc", "cannot be the name"),
        ("port", "1st", "cannot be the name of a port"),
        ("title", "", "a title needs words"),
        ("purpose", "x" * 2001, "at most 2,000 characters"),
        ("owner", "a b", "a person's name"),
        ("domain", "nothing", "there is no such domain"),
    ],
)
def test_a_name_that_cannot_be_is_told_at_its_field_and_nothing_is_lost(
    server: Serving, field: str, value: str, told: str
) -> None:
    owner = Visitor(server, OWNER)
    draft = begun(owner)
    sent = owner.send(f"{draft}/names", **{**NAMES, field: value})
    assert sent.status_code == 400
    assert told in seen(sent)
    kept = {name: text for name, text in NAMES.items() if name not in (field, "domain")}
    for text in kept.values():
        assert text.split(" ")[0].split("\n")[0] in sent.text
    assert owner.get(f"{draft}/contract").status_code == 409, (
        "a draft without names goes no further"
    )


def test_a_new_domain_is_written_with_its_first_product_by_an_administrator(
    server: Serving, shop: Path
) -> None:
    add_user(server.service.wiring, "person:root2", roles=["administrator"])
    root = Visitor(server, "person:root2")
    draft = begun(root)
    new = {
        "domain": "+",
        "domain_title": "Returns: all",
        "domain_owner": "ada",
        "product": "refunds",
    }
    for taken in ("sales", "system", "New One"):
        assert (
            root.send(f"{draft}/names", **{**NAMES, **new, "new_domain": taken}).status_code == 400
        )
    root.follow(root.send(f"{draft}/names", **{**NAMES, **new, "new_domain": "returns"}))
    before = (shop / "mesh.yaml").read_text()
    review = root.text(f"{draft}/review")
    assert "+- domains/returns" in review
    assert (shop / "mesh.yaml").read_text() == before
    root.follow(root.send(f"{draft}/review"))
    assert "published" in ended(root, draft)
    assert (shop / "domains/returns/domain.yaml").is_file()


def test_who_may_not_create_proposes_a_branch_and_an_owner_takes_it(
    server: Serving, shop: Path
) -> None:
    begin(shop)
    gus, owner = Visitor(server, GUS), Visitor(server, OWNER)
    draft = named(gus)
    page = gus.text(f"{draft}/review")
    assert "Propose it" in page
    assert "Create and build" not in page
    gus.follow(gus.send(f"{draft}/review"))
    assert not (shop / "domains/sales/refunds").exists()
    assert git(shop, "status", "--porcelain") == ""
    branch = git(shop, "branch", "--format=%(refname:short)", "--list", "proposals/*")
    files = git(shop, "diff", "--name-only", "HEAD", branch).split()
    assert "domains/sales/refunds/data/refunds_2024.csv" in files
    assert len(files) == 5
    assert "Create the product sales.refunds" in gus.text("/proposals/proposal-1")
    assert gus.send("/proposals/proposal-1", way="apply").status_code == 403
    owner.follow(owner.send("/proposals/proposal-1", way="apply"))
    assert (shop / "domains/sales/refunds/data/refunds_2024.csv").read_text() == CSV
    assert server.service.mesh_of(_proven(server, OWNER), "web").run("sales.refunds")[0].status == (
        "published"
    )


def test_a_draft_is_nobody_else_s(server: Serving) -> None:
    draft = named(Visitor(server, OWNER))
    gus = Visitor(server, GUS)
    for step in ("names", "contract", "review", "done"):
        assert gus.get(f"{draft}/{step}").status_code == 404
    assert gus.send(f"{draft}/review").status_code == 404
    assert "refunds" not in gus.text("/create").lower()
    for wrong in ("..", "%2e%2e", "0" * 16, "x"):
        assert gus.get(f"/create/{wrong}/names").status_code == 404


def test_nobody_who_is_not_signed_in_sends_a_file(server: Serving) -> None:
    nobody = Visitor(server, None)
    sent = nobody.client.post("/create/source", files={"file": ("a.csv", CSV)})
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in")
    owner = Visitor(server, OWNER)
    foreign = owner.client.post(
        "/create/source", data={"csrf": "0"}, files={"file": ("a.csv", CSV)}
    )
    assert foreign.status_code == 403


def test_a_file_that_is_too_large_is_refused_with_a_page_before_it_is_read(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = Visitor(server, OWNER)
    monkeypatch.setattr(uploads, "MOST_BYTES", 300_000)
    monkeypatch.setattr(drafts, "MOST_BYTES", 300_000)
    sent = upload(owner, "big.csv", CSV * 400)
    assert sent.status_code == 413
    assert sent.headers["content-type"].startswith("text/html")
    assert "a file has at most" in seen(sent)
    assert drafts.list_drafts(server.service.wiring, OWNER) == []
    elsewhere = owner.client.post("/discussion/sales.orders/ask", data={"text": "x" * 2_000_000})
    assert elsewhere.status_code == 413, "other paths take no more than they did"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.csv", "", "is empty"),
        ("a.exe", "MZ", "no file of a known kind"),
        ("a.parquet", "not one", "a.parquet"),
        ("a.xlsx", "not one", "a.xlsx"),
        ("a.json", "{", "a.json"),
        ("a.sqlite", "x", "which table"),
        ("a.csv", b"\xff\xfe\x00a\x00\n", "a.csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_its_name_and_forgotten(
    server: Serving, name: str, data: str | bytes, told: str
) -> None:
    owner = Visitor(server, OWNER)
    sent = upload(owner, name, data)
    assert sent.status_code in (400, 409)
    assert told in seen(sent)
    assert str(server.service.wiring.root) not in sent.text
    home = server.service.wiring.mesh.state / "drafts"
    assert not home.exists() or not list(home.iterdir())


def test_rows_that_do_not_parse_are_told_and_left_out_only_where_that_is_chosen(
    server: Serving, shop: Path
) -> None:
    owner = Visitor(server, OWNER)
    draft = begun(owner, "torn.csv", CSV + "80,only two\n81,x,y,1,too,many\n")
    owner.follow(owner.send(f"{draft}/names", **NAMES))
    assert "2 rows do not parse" in owner.text(f"{draft}/contract")
    owner.send(f"{draft}/contract", **choices(leaves_out="on"))
    owner.send(f"{draft}/review")
    assert "published" in ended(owner, draft)
    assert "tolerance: 2" in (shop / "domains/sales/refunds/build.yaml").read_text()


def test_a_build_that_fails_says_why_and_is_done_again(server: Serving, shop: Path) -> None:
    owner = Visitor(server, OWNER)
    draft = begun(owner, "torn.csv", CSV + "80,only two\n")
    owner.send(f"{draft}/names", **NAMES)
    owner.send(f"{draft}/review")
    assert "do not parse" in ended(owner, draft)
    (shop / "domains/sales/refunds/data/torn.csv").write_text(CSV)
    owner.send(f"{draft}/again")
    assert "published" in ended(owner, draft)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../mesh.csv",
        ".mesh/state.db",
        "silos/../../x.csv",
        "silos/*.csv",
        "domains/insight/a.csv",
    ],
)
def test_a_path_is_of_one_s_own_domain_and_inside_of_the_mesh(
    server: Serving, shop: Path, path: str
) -> None:
    (shop / "domains/insight/a.csv").write_text(CSV)
    owner = Visitor(server, OWNER)
    sent = owner.send("/create/source", path=path, table="facts")
    assert sent.status_code in (400, 403)
    assert f'value="{path}"' in sent.text, "what was typed is kept"
    assert drafts.list_drafts(server.service.wiring, OWNER) == []


def test_a_link_out_of_the_mesh_is_not_followed(server: Serving, shop: Path) -> None:
    (shop.parent / "secret.csv").write_text("a\n1\n")
    (shop / "domains/sales/link.csv").symlink_to(shop.parent / "secret.csv")
    assert Visitor(server).send("/create/source", path="domains/sales/link.csv").status_code == 400


def test_a_table_of_a_database_in_the_mesh_is_a_source(server: Serving, shop: Path) -> None:
    add_user(server.service.wiring, "person:tom", teams=["team:sales"])
    with sqlite3.connect(shop / "domains/sales/crm.sqlite") as database:
        database.execute("CREATE TABLE returned (id INTEGER PRIMARY KEY, why TEXT)")
        database.executemany("INSERT INTO returned VALUES (?, ?)", [(1, "late"), (2, "broken")])
    database.close()
    tom = Visitor(server, "person:tom")
    where = {"path": "domains/sales/crm.sqlite"}
    assert "returned" in seen(tom.send("/create/source", **where, table="nothing"))
    sent = tom.send("/create/source", **where, table="returned")
    draft = sent.headers["location"].removesuffix("/names")
    tom.follow(tom.send(f"{draft}/names", **NAMES))
    tom.send(f"{draft}/review")
    assert "published" in ended(tom, draft)
    assert "../crm.sqlite" in (shop / "domains/sales/refunds/build.yaml").read_text()


def test_of_two_who_take_the_same_name_one_has_it(server: Serving, shop: Path) -> None:
    one, two = Visitor(server, OWNER), Visitor(server)
    first, second = named(one), named(two)
    one.follow(one.send(f"{first}/review"))
    late = two.send(f"{second}/review")
    assert late.status_code == 400
    assert "exists already" in seen(late)
    assert "published" in ended(one, first)
    two.follow(two.send(f"{second}/names", **{**NAMES, "product": "refunds_too"}))
    two.follow(two.send(f"{second}/review"))
    assert "published" in ended(two, second)


def test_what_somebody_types_is_shown_as_text(server: Serving) -> None:
    owner = Visitor(server, OWNER)
    evil = "<script>alert(1)</script>"
    draft = begun(owner, "x.csv", f"id,{evil}\n1,2\n")
    owner.send(f"{draft}/names", **{**NAMES, "title": evil, "purpose": evil})
    for step in ("names", "contract", "review"):
        page = owner.get(f"{draft}/{step}")
        assert page.status_code == 200
        assert evil not in page.text
    assert evil not in owner.get("/create").text


def test_a_draft_is_discarded_and_old_ones_make_room(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 2)
    owner = Visitor(server, OWNER)
    made = [begun(owner) for _ in range(3)]
    assert len(drafts.list_drafts(server.service.wiring, OWNER)) == 2
    owner.follow(owner.send(f"{made[-1]}/discard"))
    assert owner.get(f"{made[-1]}/names").status_code == 404
