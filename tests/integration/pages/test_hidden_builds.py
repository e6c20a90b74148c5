"""A build that read a hidden product is told of without its name, on pages, over REST and as it happens."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from meshwright.app.build_log import LogLine
from meshwright.app.catalog.builds import BuildsWanted, list_builds
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veils import veil_of
from meshwright.app.mesh import open_mesh
from meshwright.serve.builds.child import Order
from meshwright.serve.builds.feed import Moment, Watcher
from meshwright.serve.builds.runner import FAILED, Job
from tests.integration.granted import put_policies
from tests.integration.shop import column
from tests.integration.web import PEOPLE, WEB
from tests.meshes import set_silo, write_mesh
from tests.serving import Serving, error_of, serving
from tests.visiting import Visitor, seen

GUS, OWNER = "person:gus", "person:top@example.com"
HIDE = "visibility:\n  - id: hide-visits\n    objects: {addresses: [web.visits]}\n"
SOMETHING = "something you may not know of"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = write_mesh(tmp_path_factory.mktemp("hidden") / "mesh", WEB)
    with open_mesh(folder) as mesh:
        mesh.run()
        set_silo(folder, "crm.people.raw", f"{PEOPLE}3,cyd,cyd@example.com\n")
        mesh.run()
    put_policies(folder, HIDE)
    with serving(folder) as found:
        yield found


def build_of_summary(server: Serving) -> Any:
    everything = Knowing(server.service.wiring.asker().principal)
    wanted = BuildsWanted(product="top.summary", limit=1)
    return list_builds(server.service.wiring, everything, wanted)[0]


def run_of(server: Serving, *select: str, message: str = "") -> Job:
    """Put a run of somebody else beside those of the server."""
    job = Job(
        f"run-{len(select)}{len(message)}", "person:ada", Order("", "", "", "", select), "2026"
    )
    job.state, job.error = FAILED, {"code": "x", "message": message, "hint": "", "kind": "user"}
    server.service.builds._jobs[job.id] = job
    return job


@pytest.mark.parametrize("who", [GUS, OWNER])
@pytest.mark.parametrize("path", ["/builds", "/builds/{}", "/products/top.summary?view=versions"])
def test_no_page_names_a_hidden_input_of_a_build(server: Serving, who: str, path: str) -> None:
    answer = Visitor(server, who).get(path.format(build_of_summary(server).build))
    assert answer.status_code == 200
    assert "visits" not in answer.text
    mine = Visitor(server).get(path.format(build_of_summary(server).build))
    assert "visits" in mine.text


def test_why_it_was_built_stays(server: Serving) -> None:
    page = Visitor(server, GUS).text(f"/builds/{build_of_summary(server).build}")
    assert f"input {SOMETHING} changed" in page
    assert f"hidden: {SOMETHING}" in page


@pytest.mark.parametrize("token", ["gus", "top"])
@pytest.mark.parametrize("path", ["builds", "builds/{}"])
def test_no_route_names_a_hidden_input_of_a_build(server: Serving, token: str, path: str) -> None:
    answer = server.get(f"/api/v1/{path.format(build_of_summary(server).build)}", token=token)
    assert answer.status_code == 200
    assert "visits" not in answer.text


def test_what_happens_names_no_hidden_input(server: Serving) -> None:
    wiring = server.service.wiring
    knowing = Knowing(server.service.proving.principal(GUS), frozenset({"web.visits"}))  # type: ignore[arg-type]
    line, at = build_of_summary(server), "2026-01-01T00:00:00+00:00"
    said = (LogLine(at, "stage", "reads input visits of web.visits.visits"),)
    watcher = Watcher(knowing, veil_of(wiring, knowing))
    news = list(watcher.news(Moment(((line, said),), 0)))
    texts = [data["text"] for kind, data in news if kind == "log"]
    assert texts == [f"reads input {SOMETHING} of {SOMETHING}"]


def _codes(answers: list[httpx.Response]) -> list[Any]:
    return [(one.status_code, error_of(one)) for one in answers]


def test_a_run_of_what_is_hidden_is_no_run(server: Serving) -> None:
    job = run_of(server, "web.visits", "crm.people")
    shown = [
        server.get(f"/api/v1/runs/{job.id}", token="gus"),
        server.ask("POST", f"/api/v1/runs/{job.id}/cancel", token="crm"),
        server.get("/api/v1/runs/run-none", token="gus"),
    ]
    assert len(set(_codes([shown[0], shown[2]]))) == 1
    assert "visits" not in "".join(one.text for one in shown)
    gus = Visitor(server, GUS)
    sent = gus.send(f"/builds/runs/{job.id}/cancel")
    assert sent.status_code == gus.send("/builds/runs/run-none/cancel").status_code
    assert "visits" not in sent.text
    assert "crm.people" in Visitor(server).text("/builds")


def test_a_pattern_that_spells_what_is_hidden_is_not_shown(server: Serving) -> None:
    run_of(server, "web.vis*")
    assert "web.vis*" not in Visitor(server, GUS).text("/builds")
    assert "web.vis*" in Visitor(server).text("/builds")


def test_why_a_run_failed_is_for_whoever_began_it(server: Serving) -> None:
    job = run_of(server, "top.summary", message="could not convert 'ada@example.com'")
    assert "ada@example" not in seen(Visitor(server, GUS).get("/builds"))
    answer = cast("dict[str, Any]", server.get(f"/api/v1/runs/{job.id}", token="gus").json())
    assert (answer["code"], answer["message"]) == ("x", "")
    mine = server.get(f"/api/v1/runs/{job.id}", token="ada").json()
    assert "ada@example.com" in mine["message"]


def test_the_team_of_a_hidden_domain_is_no_team(server: Serving) -> None:
    listed = server.get("/api/v1/teams", token="gus").text
    assert "team:top" in listed
    assert "web" not in listed
    answers = [server.get(f"/api/v1/teams/{one}", token="gus") for one in ("team:web", "team:wab")]
    assert answers[0].text.replace("team:web", "X") == answers[1].text.replace("team:wab", "X")
    assert "team:web" in server.get("/api/v1/teams", token="web").text


def test_a_team_that_is_none_lists_no_people(server: Serving) -> None:
    for name in ("nobody", "person:ada", "person:none"):
        answer = server.get(f"/api/v1/teams/{name}", token="gus")
        assert error_of(answer) == (404, "principal-unknown")
        assert "ada@" not in answer.text
        assert "person:crm" not in answer.text


def test_no_check_of_a_build_or_incident_names_what_it_refers_to(tmp_path: Path) -> None:
    mesh_files = copy.deepcopy(WEB)
    summary = mesh_files["top"]["summary"]
    to = {"type": "foreignKey", "to": "crm.people.people.id"}
    summary["inputs"] = {"v": {"port": "crm.people.people"}}
    summary["ports"] = {"named": "select id + 100 as id from v"}
    summary["contracts"] = {"named": {"columns": [column("id", relationships=[to])]}}
    folder = write_mesh(tmp_path / "mesh", mesh_files)
    granted = "policies:\n  - {id: all, effect: allow, objects: {addresses: [crm.people.people]}}\n"
    put_policies(folder, granted, "crm")
    with open_mesh(folder) as mesh:
        results = {str(one.product): one for one in mesh.run()}
        assert results["top.summary"].status == "rejected"
        incident = mesh.incidents.list()[0].id
    put_policies(folder, HIDE.replace("web.visits", "crm.people"))
    with serving(folder) as found:
        for path in (f"/builds/{results['top.summary'].build}", f"/incidents/{incident}"):
            answer = Visitor(found, GUS).get(path)
            assert answer.status_code == 200
            assert "is found in" in seen(answer)
            assert "crm" not in seen(answer), path
            assert "crm.people" in seen(Visitor(found).get(path))
        build = f"/api/v1/builds/{results['top.summary'].build}"
        assert "crm" not in found.get(build, token="gus").text
