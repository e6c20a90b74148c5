"""Whatever people ask, grant, end and rename, in whatever order: what holds is what a simple model says.

The model knows nothing of facts and tables: it keeps requests and grants as a person would on paper. After
each sequence the projections are made again from the facts, and are the same.
"""

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from meshwright.access.durations import written
from meshwright.app.access.desk import AccessDesk
from meshwright.app.access.tending import tend_access
from meshwright.app.mesh import Mesh
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.facts import PrincipalAdded, PrincipalRemoved, ProductRenamed
from tests.integration.club import ANA, BOB, ELENA, FAY, SAM, add_people, asker, write_club
from tests.integration.shop import build, copied, opened
from tests.meshes import change_yaml

START = datetime(2031, 1, 1, tzinfo=UTC)
ASKERS = (ANA, "service:bi", SAM)
PORTS = ("profiles", "tiers")
LEVELS = {"profiles": ({ELENA},), "tiers": ({FAY, BOB}, {SAM})}
TEAMS = {BOB: ("team:desk",)}
EVERYBODY = (ANA, ELENA, FAY, BOB, SAM)
NAMES = ("members", "people")
TABLES = ("requests", "grants", "uses", "principals", "queries", "query_ports")


@cache
def built() -> Path:
    folder = write_club(Path(tempfile.mkdtemp()) / "mesh")
    build(folder)
    with opened(folder) as mesh:
        add_people(mesh.wiring)
    return folder


@dataclass
class Paper:
    """A request on paper; its grant has the same number."""

    who: str
    port: str
    purpose: str
    days: int
    state: str = "open"
    agreed: list[str] = field(default_factory=list)
    until: datetime | None = None


class Access(RuleBasedStateMachine):
    """The mesh and the model, side by side."""

    @initialize()
    def begin(self) -> None:
        self.home = Path(tempfile.mkdtemp())
        self.now = START
        self.wiring = Wiring(copied(built(), self.home / "mesh"), now=lambda: self.now)
        self.papers: dict[int, Paper] = {}
        self.left: set[str] = set()
        self.name = 0

    def teardown(self) -> None:
        if not hasattr(self, "home"):
            return
        before = self.rows()
        Mesh(self.wiring).ledger_rebuild()
        assert self.rows() == before
        self.wiring.close()
        shutil.rmtree(self.home)

    def rows(self) -> list[object]:
        with self.wiring.store.read() as reader:
            return [sorted(reader.rows(f"SELECT * FROM {table}"), key=repr) for table in TABLES]

    def desk(self, who: str) -> AccessDesk:
        return AccessDesk(self.wiring, asker(who, *TEAMS.get(who, ())))

    def tried(self, verb: str, who: str, *values: object, **named: object) -> bool:
        try:
            getattr(self.desk(who), verb)(*values, **named)
        except MeshwrightError:
            return False
        return True

    def paper(self, number: int) -> Paper | None:
        return self.papers.get(number % (len(self.papers) + 1))

    def holds(self, paper: Paper) -> bool:
        return paper.state == "granted" and paper.until is not None and self.now < paper.until

    @rule(who=st.sampled_from(ASKERS), port=st.sampled_from(PORTS), purpose=st.sampled_from("ab"),
          days=st.sampled_from((5, 30)))  # fmt: skip
    def request(self, who: str, port: str, purpose: str, days: int) -> None:
        twice = any(
            (one.who, one.port, one.purpose, one.state) == (who, port, purpose, "open")
            for one in self.papers.values()
        )
        address = f"loyalty.{NAMES[self.name]}.{port}"
        assert self.tried("request", who, address, purpose=purpose, lasting=f"{days}d") != twice
        if not twice:
            self.papers[len(self.papers) + 1] = Paper(who, port, purpose, days)

    def _approve(self, number: int, who: str) -> None:
        paper = self.paper(number)
        if paper is None:
            return
        number = number % (len(self.papers) + 1)
        levels = LEVELS[paper.port]
        may = (
            paper.state == "open"
            and who != paper.who
            and who not in paper.agreed
            and who in levels[len(paper.agreed)]
            and paper.who not in self.left
        )
        assert self.tried("approve", who, f"req-{number}") == may
        if may:
            paper.agreed.append(who)
            if len(paper.agreed) == len(levels):
                paper.state, paper.until = "granted", self.now + timedelta(days=paper.days)

    @rule(number=st.integers(1, 9), chosen=st.integers(0, 2))
    def answer(self, number: int, chosen: int) -> None:
        """Approve as one who is asked now, or as whoever asked: what `approve` seldom comes upon."""
        paper = self.paper(number)
        if paper is not None and len(paper.agreed) < len(LEVELS[paper.port]):
            asked = [*sorted(LEVELS[paper.port][len(paper.agreed)]), paper.who, *paper.agreed]
            self._approve(number, asked[chosen % len(asked)])

    @rule(number=st.integers(1, 9), who=st.sampled_from(EVERYBODY))
    def approve(self, number: int, who: str) -> None:
        self._approve(number, who)

    @rule(number=st.integers(1, 9), who=st.sampled_from(EVERYBODY))
    def refuse(self, number: int, who: str) -> None:
        paper = self.paper(number)
        if paper is None:
            return
        asked = set().union(*LEVELS[paper.port])
        may = paper.state == "open" and (who == paper.who or who in asked)
        name = f"req-{number % (len(self.papers) + 1)}"
        assert self.tried("refuse", who, name) == may
        if may:
            paper.state = "refused"

    @rule(number=st.integers(1, 9), who=st.sampled_from(EVERYBODY))
    def revoke(self, number: int, who: str) -> None:
        paper = self.paper(number)
        if paper is None:
            return
        asked = {ELENA, paper.who, *set().union(*LEVELS[paper.port])}
        may = self.holds(paper) and who in asked
        name = f"g-{number % (len(self.papers) + 1)}"
        assert self.tried("revoke", who, name, reason="x") == may
        if may:
            paper.state = "revoked"

    @rule(number=st.integers(1, 9), who=st.sampled_from(EVERYBODY), days=st.sampled_from((1, 40)))
    def renew(self, number: int, who: str, days: int) -> None:
        paper = self.paper(number)
        if paper is None:
            return
        until = self.now + timedelta(days=days)
        may = (
            self.holds(paper)
            and who != paper.who
            and who in LEVELS[paper.port][-1]
            and paper.until is not None
            and until >= paper.until
        )
        name = f"g-{number % (len(self.papers) + 1)}"
        assert self.tried("renew", who, name, lasting=f"{days}d") == may
        if may:
            paper.until = until

    @rule(days=st.sampled_from((0.5, 5, 20)))
    def time_passes(self, days: float) -> None:
        self.now += timedelta(days=days)

    @rule()
    def tend(self) -> None:
        tend_access(self.wiring, self.now)
        assert tend_access(self.wiring, self.now) == []

    @rule(who=st.sampled_from(("service:bi",)))
    def leave(self, who: str) -> None:
        self.wiring.ledger.record([PrincipalRemoved(who, "person:hr")])
        self.left.add(who)
        for paper in self.papers.values():
            if paper.who == who and paper.state == "open":
                paper.state = "refused"
            if paper.who == who and self.holds(paper):
                paper.state = "revoked"

    @rule(who=st.sampled_from(("service:bi",)))
    def come_back(self, who: str) -> None:
        self.wiring.ledger.record([PrincipalAdded(who)])
        self.left.discard(who)

    @rule()
    def rename(self) -> None:
        old, new = NAMES[self.name], NAMES[1 - self.name]
        self.name = 1 - self.name
        (home,) = (self.wiring.root / "domains" / "loyalty").glob("*/product.odps.yaml")
        said = {"property": "formerly", "value": f"loyalty.{old}"}
        change_yaml(home, lambda document: document.update(name=new, customProperties=[said]))
        self.wiring.look_again()
        fact = ProductRenamed(product=f"loyalty.{new}", formerly=f"loyalty.{old}")
        self.wiring.ledger.record([fact])

    @invariant()
    def what_holds_is_what_the_model_says(self) -> None:
        if not hasattr(self, "home"):
            return
        held = {line["grant"]: line for line in AccessDesk(self.wiring).grants()}
        expected = {f"g-{n}": one for n, one in self.papers.items() if self.holds(one)}
        assert held.keys() == expected.keys()
        for name, paper in expected.items():
            line = held[name]
            assert line["address"] == f"loyalty.{NAMES[self.name]}.{paper.port}"
            assert paper.until is not None
            assert (line["principal"], line["until"]) == (paper.who, written(paper.until))
        open_ones = {line["request"] for line in AccessDesk(self.wiring).requests()}
        assert open_ones == {f"req-{n}" for n, one in self.papers.items() if one.state == "open"}


Access.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # each step of shrinking is a mesh
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestAccess = Access.TestCase
