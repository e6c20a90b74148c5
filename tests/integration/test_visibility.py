"""What is hidden from somebody is not there for them, at any door; who is concerned with it knows of it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.catalog.knowing import knowing_of
from meshwright.app.identity.users import add_user
from meshwright.app.knowing_mesh import KnowingMesh
from meshwright.app.mesh import Mesh, open_mesh
from meshwright.errors import MeshwrightError
from meshwright.model.facts import AccessGranted, AccessRequested, AccessRevoked
from tests.integration.granted import BEFORE, LATER, put_policies
from tests.integration.web import WEB
from tests.meshes import write_mesh
from tests.serving import Serving, error_of, serving

GUS = "person:gus"
HIDE = """visibility:
  - id: hide-visits
    description: Nobody outside the team is to know that visits are counted.
    objects: {addresses: [web.visits]}
    unless: {principals: ["service:*"]}
"""
SOMETHING = "something you may not know of"
# What would tell of the product: its address, its ports and columns, its files and silos.
WORDS = ("visits", "hashed", "totals", "pages ", "web.visits")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_mesh(tmp_path_factory.mktemp("web"), WEB)
    with open_mesh(folder) as mesh:
        assert {one.status for one in mesh.run()} == {"published"}
        add_user(mesh.wiring, GUS)
    return folder


@pytest.fixture
def hiding(built: Path) -> Iterator[Path]:
    path = put_policies(built, HIDE)
    yield built
    path.unlink()


def known_mesh(mesh: Mesh, name: str = GUS) -> Any:
    return mesh.as_principal(name)


def texts(value: Any) -> str:
    """Return all that a result says."""
    return json.dumps(asdict(value) if is_dataclass(value) else value, default=_plain)


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) else str(value)


VERBS: dict[str, Callable[[Any], Any]] = {
    "products": lambda mesh: mesh.products(),
    "show above": lambda mesh: mesh.show("crm.people"),
    "show below": lambda mesh: mesh.show("top.summary"),
    "health": lambda mesh: mesh.health(),
    "cost": lambda mesh: mesh.cost(),
    "cost by domain": lambda mesh: mesh.cost(by="domain"),
    "cost by build": lambda mesh: mesh.cost(by="build"),
    "history below": lambda mesh: mesh.history("top.summary"),
    "incidents": lambda mesh: mesh.incidents.list(closed=True),
    "lineage up": lambda mesh: mesh.lineage("top.summary.named"),
    "lineage up by models": lambda mesh: mesh.lineage("top.summary.named", models=True),
    "lineage down": lambda mesh: mesh.lineage("crm.people.people", up=False),
    "lineage of a column": lambda mesh: mesh.lineage(
        "crm.people.people.email", up=False
    ).document(),
    "impact": lambda mesh: mesh.impact("crm.people.people", drop=True),
    "impact of a type": lambda mesh: mesh.impact("crm.people.people.email", type="BIGINT"),
    "plan": lambda mesh: mesh.plan(force=True),
    "plan of what rests": lambda mesh: mesh.plan("crm.people+", force=True),
    "monitored ports": lambda mesh: mesh.monitored_ports(),
    "score": lambda mesh: mesh.score(),
    "terms": lambda mesh: mesh.terms(),
    "check": lambda mesh: mesh.check(),
    "rules": lambda mesh: mesh.rules(),
    "search": lambda mesh: mesh.search("visits"),
    "search all": lambda mesh: mesh.search(""),
    "search a typo": lambda mesh: mesh.search("visitz"),
}


@pytest.mark.parametrize("name", VERBS)
def test_no_verb_says_a_word_of_what_is_hidden(hiding: Path, name: str) -> None:
    with open_mesh(hiding) as mesh:
        told = texts(VERBS[name](known_mesh(mesh))).replace('"visitz"', "")
        mine = texts(VERBS[name](mesh))
    for word in WORDS:
        assert word not in told, f"{word} in {told}"
    assert name.startswith(("terms", "incidents", "check", "rules", "history")) or told != mine


NAMED: dict[str, Callable[[Any, str], Any]] = {
    "show": lambda mesh, product: mesh.show(product),
    "show a port": lambda mesh, product: mesh.show(f"{product}.visits"),
    "history": lambda mesh, product: mesh.history(product),
    "lineage": lambda mesh, product: mesh.lineage(f"{product}.visits"),
    "lineage of a version": lambda mesh, product: mesh.lineage(f"{product}.visits@1"),
    "impact": lambda mesh, product: mesh.impact(f"{product}.visits"),
    "health": lambda mesh, product: mesh.health(product),
    "health of a pattern": lambda mesh, product: mesh.health(f"{product[:-1]}*"),
    "cost": lambda mesh, product: mesh.cost(product),
    "plan": lambda mesh, product: mesh.plan(product),
    "plan of what rests": lambda mesh, product: mesh.plan(f"{product}+"),
    "incidents": lambda mesh, product: mesh.incidents.list(product),
    "diff": lambda mesh, product: mesh.diff(f"{product}.visits"),
    "rollback": lambda mesh, product: mesh.rollback(product),
    "run": lambda mesh, product: mesh.run(product),
    "mute": lambda mesh, product: mesh.mute(product, span="1d"),
    "subscribe": lambda mesh, product: mesh.subscribe(product, to="x"),
    "monitors": lambda mesh, product: mesh.monitors(product),
    "score": lambda mesh, product: mesh.score(product),
    "request": lambda mesh, product: mesh.access.request(f"{product}.visits", purpose="churn"),
    "explain": lambda mesh, product: mesh.access.explain(f"{product}.visits"),
    "who": lambda mesh, product: mesh.access.who(f"{product}.visits"),
    "products of the domain": lambda mesh, product: mesh.products(product.partition(".")[0]),
    "query": lambda mesh, product: mesh.query(f"select * from {product}.visits"),
    "read": lambda mesh, product: mesh.read(f"{product}.visits"),
}


@pytest.mark.parametrize("name", NAMED)
def test_what_is_hidden_is_unknown_in_the_words_of_what_is_not_there(
    hiding: Path, name: str
) -> None:
    with open_mesh(hiding) as mesh:
        errors = []
        for product in ("web.visits", "wab.visitz"):
            with pytest.raises(MeshwrightError) as caught:
                NAMED[name](known_mesh(mesh), product)
            error = caught.value
            plain = f"{error.code} {error.message} {error.hint}"
            errors.append(plain.replace(product, "X").replace(product[:-1], "Y"))
            errors[-1] = errors[-1].replace(f"`{product.partition('.')[0]}`", "Z")
    assert errors[0] == errors[1]
    assert "web" not in errors[0]


def test_a_walk_goes_through_what_is_hidden_and_does_not_name_it(hiding: Path) -> None:
    with open_mesh(hiding) as mesh:
        walk = known_mesh(mesh).lineage("top.summary.named.name").document()
    names = {one["name"] for one in walk["datasets"]}
    silo = "files:silos/crm.people.raw.csv"  # of a product that he knows
    assert names == {"top.summary.named", SOMETHING, "crm.people.people", silo}
    assert {one["columns"] == [] for one in walk["datasets"] if one["name"] == SOMETHING} == {True}


def test_impact_says_that_something_breaks(hiding: Path) -> None:
    with open_mesh(hiding) as mesh:
        found = known_mesh(mesh).impact("crm.people.people.email", drop=True)
    assert found.breaks
    assert SOMETHING in {one.address for one in found.columns}


@pytest.mark.parametrize(
    ("who", "teams", "roles"),
    [
        ("person:rita", (), ("auditor",)),
        ("person:rolf", (), ("governance",)),
        ("person:ria", (), ("administrator",)),
        ("person:tim", ("team:web",), ()),
        ("person:web@example.com", (), ()),
        ("service:loader", (), ()),
    ],
)
def test_who_is_concerned_knows(
    hiding: Path, who: str, teams: tuple[str, ...], roles: tuple[str, ...]
) -> None:
    with open_mesh(hiding) as mesh:
        add_user(mesh.wiring, who, teams=list(teams), roles=list(roles))
        assert mesh.as_principal(who).show("web.visits").product.title is not None
        assert "web.visits" in texts(mesh.as_principal(who).search("visits"))


def test_a_grant_or_a_request_lets_know_and_its_end_takes_it_away(hiding: Path) -> None:
    port = "web.visits.visits"
    said = {"principal": GUS, "address": port, "product": "web.visits", "purpose": "x"}
    grant = AccessGranted(grant="g-9", since=BEFORE, until=LATER, **said)
    with open_mesh(hiding) as mesh:
        gus = mesh.as_principal(GUS)
        knows = lambda: knowing_of(gus.wiring, gus.wiring.principal()).of(port)  # noqa: E731
        assert not knows()
        mesh.wiring.ledger.record([grant])
        assert knows()
        assert gus.show("web.visits").product.address.product == "visits"
        mesh.wiring.ledger.record([AccessRevoked("g-9", "web.visits", "over")])
        assert not knows()


def test_an_approver_of_an_open_request_knows(hiding: Path) -> None:
    with open_mesh(hiding) as mesh:
        add_user(mesh.wiring, "person:ann")
        ann = mesh.as_principal("person:ann")
        assert not knowing_of(mesh.wiring, ann.wiring.principal()).of("web.visits")
        asked = AccessRequested(
            request="req-9", principal="service:loader", address="web.visits.visits",
            product="web.visits", purpose="x", days=3, approvers=[["person:ann"]],
        )  # fmt: skip
        mesh.wiring.ledger.record([asked])
        assert knowing_of(mesh.wiring, ann.wiring.principal()).of("web.visits")


def test_a_file_that_cannot_be_read_hides_all_that_it_could(built: Path) -> None:
    path = put_policies(built, "visibility:\n  - id: x\n    objects: {addresses: [nonsense]}\n")
    try:
        with open_mesh(built) as mesh:
            add_user(mesh.wiring, "person:nell")
            nell = mesh.as_principal("person:nell")
            assert nell.products() == ()
            assert [one.code for one in mesh.check()] == ["address-pattern"]
    finally:
        path.unlink()


def test_a_domain_hides_its_own_products_alone(built: Path) -> None:
    text = "visibility:\n  - id: x\n    objects: {addresses: ['*.*'], tags: [secret]}\n"
    path = put_policies(built, text, "web")
    try:
        with open_mesh(built) as mesh:
            assert mesh.check() == ()
            assert len(known_mesh(mesh).products()) == 3  # no product has the tag
            path.write_text("visibility:\n  - id: x\n    objects: {addresses: ['*.*']}\n")
            assert [one.product for one in known_mesh(mesh).products()] == [
                "crm.people",
                "top.summary",
            ]
            path.write_text("visibility:\n  - id: x\n    objects: {addresses: [crm.people]}\n")
            assert len(known_mesh(mesh).products()) == 2  # broken: the domain's own are hidden
            mesh.wiring.look_again()
            assert [one.code for one in mesh.check()] == ["address-foreign"]
    finally:
        path.unlink()


ROUTES = (
    "products", "products/crm.people", "products/top.summary", "products/top.summary?form=whole",
    "history/top.summary", "lineage/top.summary.named", "lineage/top.summary.named?models=true&form=whole",
    "lineage/crm.people.people?down=true", "impact/crm.people.people?drop=true",
    "impact/crm.people.people?drop=true&form=whole", "health", "health?form=whole", "incidents?all=true",
    "cost", "cost?by=domain", "cost?by=build", "search?q=visits", "search?q=visitz", "search",
    "products/crm.people/alike",
)  # fmt: skip
MISSING = (
    "products/{}", "products/{}.visits", "history/{}", "lineage/{}.visits", "impact/{}", "health?select={}",
    "incidents?select={}", "cost?select={}", "products/{}/alike",
)  # fmt: skip


@pytest.fixture(scope="module")
def hidden_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = write_mesh(tmp_path_factory.mktemp("served"), WEB)
    with open_mesh(folder) as mesh:
        mesh.run()
    put_policies(folder, HIDE)
    with serving(folder) as found:
        yield found


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_says_a_word_of_it(hidden_server: Serving, route: str) -> None:
    response = hidden_server.get(f"/api/v1/{route}", token="gus")
    assert response.status_code == 200, response.text
    for word in WORDS:
        assert word not in response.text.replace("visitz", "")


@pytest.mark.parametrize("route", MISSING)
def test_a_route_to_it_is_a_route_to_nothing(hidden_server: Serving, route: str) -> None:
    answers = []
    for product in ("web.visits", "wab.visitz"):
        response = hidden_server.get(f"/api/v1/{route.format(product)}", token="gus")
        answers.append((error_of(response), response.text.replace(product, "X")))
    assert answers[0] == answers[1]
    mine = hidden_server.get(f"/api/v1/{route.format('web.visits')}", token="web")
    assert mine.status_code in (200, 400)


@pytest.mark.parametrize("path", ["/metrics", "/health"])
def test_metrics_and_health_with_a_token_hold_what_one_may_know(
    hidden_server: Serving, path: str
) -> None:
    assert "visits" not in hidden_server.get(path, token="gus").text
    assert "visits" in hidden_server.get(path, token="web").text


@pytest.mark.slow
def test_the_command_line_hides_it_too(hiding: Path) -> None:
    def mesh(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "meshwright.cli.main", "-C", str(hiding), "--as", GUS]
        return subprocess.run([*command, *words], capture_output=True, text=True, check=False)

    for words in (["show"], ["search", "visits"], ["health"], ["lineage", "top.summary.named"],
                  ["impact", "crm.people"], ["incidents"], ["plan"], ["show", "top.summary"]):  # fmt: skip
        done = mesh(*words)
        assert "visits" not in done.stdout.replace("`visits`", ""), (words, done.stdout)
    named, missing = mesh("show", "web.visits"), mesh("show", "wab.visitz")
    assert named.returncode == missing.returncode == 2
    assert named.stderr.replace("web.visits", "X") == missing.stderr.replace("wab.visitz", "X")


def test_a_mesh_of_somebody_is_what_both_doors_open(built: Path) -> None:
    with open_mesh(built) as mesh:
        assert isinstance(mesh.as_principal(GUS), KnowingMesh)


def test_hiding_alone_asks_no_product_for_a_grant(hiding: Path) -> None:
    with open_mesh(hiding) as mesh:
        assert {step.action for step in mesh.plan(force=True).steps} == {"build"}
        put_policies(hiding, HIDE + "policies: []\n")
        assert "refused" in {step.action for step in mesh.plan(force=True).steps}


ASKED = {
    "explain": ("GET", "access/explain?address={}.visits", None),
    "explain a column": ("GET", "access/explain?address={}.visits.hashed", None),
    "who": ("GET", "access/who?address={}.visits", None),
    "request": ("POST", "access/requests", {"address": "{}.visits", "purpose": "a campaign"}),
    "request a column": (
        "POST",
        "access/requests",
        {"address": "{}.visits", "purpose": "a campaign", "columns": ["hashed"]},
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_whoever_asks_for_access_to_it_asks_for_nothing(hidden_server: Serving, name: str) -> None:
    method, route, body = ASKED[name]
    answers = []
    for product in ("web.visits", "wab.visitz"):
        said = {"json": json.loads(json.dumps(body).replace("{}", product))} if body else {}
        path = f"/api/v1/{route.format(product)}"
        response = hidden_server.ask(method, path, token="gus", **said)
        answers.append((response.status_code, response.text.replace(product, "X")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    assert not any(word in answers[0][1].replace("X", "") for word in WORDS), answers[0]
