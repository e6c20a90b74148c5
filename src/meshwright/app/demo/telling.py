"""The demo's story: build a whole mesh on real data, break one input, see the bad batch stay out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from meshwright.app.demo.lay_out import lay_out
from meshwright.app.demo.steps import BROKEN_PORT, BROKEN_PRODUCT, STORY, break_input
from meshwright.app.events import OnEvent, ignore
from meshwright.app.mesh import open_mesh
from meshwright.model.plan import BuildResult

ANALYST = "person:noor.haddad@example.com"


@dataclass(frozen=True, slots=True)
class Story:
    """What happened: every product's first build and the one that was rejected; what to try next."""

    results: tuple[BuildResult, ...]
    next_steps: tuple[tuple[str, str], ...]


def run_demo(folder: str, *, say: Callable[[str], None], on_event: OnEvent = ignore) -> Story:
    """Lay the demo out in a new folder, build it, break one input and build again."""
    place = Path(folder)
    say(f"laying out a year of flights as real silos in {folder}")
    lay_out(place)
    with open_mesh(place) as mesh:
        mesh.access.apply()  # the grants of data products, which are in git
        say("building every product: read, make, audit, publish")
        first = mesh.run(on_event=on_event)
        say(f"now something goes wrong: {STORY}")
        break_input(place)
        second = mesh.run(BROKEN_PRODUCT, on_event=on_event)
    return Story((*first, *second), _next_steps(folder))


def _next_steps(folder: str) -> tuple[tuple[str, str], ...]:
    sql = "select origin, count(*) n from operations.flights.departures group by 1 order by 2 desc"
    return (
        (f"cd {folder}", "all commands work from any folder inside the mesh"),
        (f'mesh query "{sql}"', "ask the published data in SQL"),
        ("mesh show experience.delay_risk", "a product that joins the ports of four other domains"),
        ("mesh incidents", "what went wrong, whose it is, and what it reaches"),
        (
            f"mesh history {BROKEN_PRODUCT}",
            "the rejected build, and the version that is still served",
        ),
        (
            f"mesh show {BROKEN_PRODUCT}.{BROKEN_PORT}",
            "its contract, the last audit, the open incident",
        ),
        ("mesh plan", "what a run would do now, and why"),
        (
            f"mesh access explain {ANALYST} loyalty.members.profiles",
            "what an analyst sees of personal data, which policy says so, and what to type",
        ),
        ("mesh ledger list --limit 10", "the facts that all of this follows from"),
    )
