"""Facts, made short; and a mesh that remembers naively what they must add up to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from meshwright.model import facts
from meshwright.model.facts import Fact, Json

Files = frozenset[str]
Port = tuple[Files, str]  # its files and its columns
# model, column, what it is made of (a product and its port, a model, or a source), column
NaiveEdge = tuple[str, str, "tuple[ProductMemory | None, str]", str]
NOTHING: frozenset[NaiveEdge] = frozenset()


def file(path: str) -> dict[str, Json]:
    """A data file, described by nothing but its path."""
    return {"path": path, "rows": len(path), "bytes": 10, "interval": "", "statistics": {}}


def port(
    added: Iterable[str] = (),
    removed: Iterable[str] = (),
    *,
    columns: str = "id",
    location: str = "here",
) -> dict[str, Json]:
    """What `VersionPublished` says of one port."""
    return {
        "location": location,
        "data_version": 1,
        "contract": "digest",
        "contract_version": "1.0.0",
        "code": "code",
        "columns": [[columns, "BIGINT"]],
        "rows": 3,
        "bytes": 30,
        "added": [file(path) for path in added],
        "removed": list(removed),
        "quarantined": 0,
    }


def published(
    product: str,
    version: int,
    ports: Mapping[str, Mapping[str, Json]],
    base: int | None = None,
    **more: object,
) -> facts.VersionPublished:
    """A version of a product."""
    said: dict[str, object] = {
        "build": f"{product}-{version}",
        "semver": "1.0.0",
        "code": f"code-{version}",
        "inputs": [
            {"input": "raw", "address": "*.csv", "stamp": f"s{version}", "version": None},
            {"input": "other", "address": "d0.p0.a", "stamp": "1", "version": 1},
        ],
    }
    return facts.VersionPublished(
        product=product, version=version, ports=ports, base=base, **(said | more)
    )


@dataclass(eq=False)
class ProductMemory:
    """All that is true of one product, as whole lists."""

    versions: dict[int, dict[str, Port]] = field(default_factory=dict)
    vacuumed: set[int] = field(default_factory=set)
    served: int = 0
    latest: int = 0
    sequences: dict[str, int] = field(default_factory=dict)
    builds: int = 0
    said: dict[int, frozenset[NaiveEdge]] = field(default_factory=dict)  # lineage, by version

    def lineage(self, version: int) -> frozenset[NaiveEdge]:
        """What was last said of the lineage, up to a version."""
        return next(
            (self.said[v] for v in sorted(self.said, reverse=True) if v <= version), NOTHING
        )

    @property
    def kept(self) -> list[int]:
        return sorted(self.versions.keys() - self.vacuumed)


class NaiveMesh:
    """Takes random steps; each gives the facts to record and remembers what they mean.

    It keeps the full list of files of every version, as the projections do not.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.products: dict[str, ProductMemory] = {}
        self.seq = 0
        self.names = 0
        self.rumours = ["rumour.p1", "rumour.p2"]  # talked of, never published under these names

    def step(self) -> Sequence[Fact]:
        """Return the facts of one random thing that happens."""
        happenings = (
            [self.publish] * 5
            + [self.roll_back, self.vacuum] * 2
            + [
                self.rename,
                self.reject,
                self.accept,
                self.fail,
                self.audit,
                self.retire,
                self.ask,
                self.promise,
                self.see_outside,
            ]
            + [self.govern] * 3
        )
        recorded = self.random.choice(happenings)()
        self.seq += len(recorded)
        return recorded

    def publish(self) -> Sequence[Fact]:
        name, memory = self._product()
        base = self.random.choice([None, memory.latest, *memory.kept])
        if base not in memory.kept:
            base = None
        before = memory.versions[base] if base is not None else {}
        target, said = {}, {}
        for name_of_port in self._some("abc") or ["a"]:
            target[name_of_port], said[name_of_port] = self._change(memory, name_of_port, before)
        version = memory.latest + self.random.choice([1, 1, 1, 2])
        served = memory.served
        memory.versions[version] = target
        memory.served = memory.latest = version
        build = self._build(name, memory)
        traced = self._traced(name, memory, version, build) if self.random.random() < 0.6 else []
        self._serve(memory, target, self.seq + len(traced) + 1, before=served)
        return [*traced, published(name, version, said, base, build=build)]

    def roll_back(self) -> Sequence[Fact]:
        name, memory = self._product()
        if not memory.kept:
            return []
        here, there = memory.served, self.random.choice(memory.kept)
        self._serve(memory, memory.versions[there], self.seq + 1)
        memory.served = there
        return [facts.VersionRolledBack(name, here, there, "because")]

    def vacuum(self) -> Sequence[Fact]:
        name, memory = self._product()
        candidates = [version for version in memory.kept if version != memory.served]
        if not candidates:
            return []
        version = self.random.choice(candidates)
        memory.vacuumed.add(version)
        return [facts.VersionVacuumed(name, version, 1, 10)]

    def rename(self) -> Sequence[Fact]:
        name, _ = self._product()
        self.names += 1
        new = f"renamed.p{self.names}"
        if self.rumours and self.random.random() < 0.3:
            new = self.rumours.pop()
        self.products[new] = self.products.pop(name)
        return [facts.ProductRenamed(new, name)]

    def reject(self) -> Sequence[Fact]:
        name, memory = self._product()
        build = self._build(name, memory)
        return [
            facts.BuildStarted(build, name, "code", reasons=["code changed"]),
            facts.BuildRejected(
                build, name, ["a:primaryKey"], memory.served or None, {"x": 1}, 0.5
            ),
            facts.IncidentOpened(f"incident-{build}", name, "rejected", "maria", build),
        ]

    def accept(self) -> Sequence[Fact]:
        name, memory = self._product()
        build = self._build(name, memory)
        pending = {"a": port([f"{build}.parquet"])}
        version = memory.latest + 1
        target = {"a": (frozenset([f"{build}.parquet"]), "id")}
        self._serve(memory, target, self.seq + 4)
        memory.versions[version] = target
        memory.served = memory.latest = version
        return [
            facts.BuildStarted(build, name, "code"),
            facts.BuildRejected(build, name, ["a:c"], None, {}, 0.5),
            facts.RejectionAccepted(
                f"w-{build}", build, name, "maria", "ok", "2030-01-01", ["a:c"]
            ),
            published(name, version, pending, None, build=build, waiver=f"w-{build}"),
            facts.IncidentResolved(f"incident-{build}", name, build),
        ]

    def fail(self) -> Sequence[Fact]:
        name, memory = self._product()
        return [facts.BuildFailed(self._build(name, memory), name, "source-not-found", 0.25)]

    def audit(self) -> Sequence[Fact]:
        name, memory = self._product()
        checks = [{"id": "primaryKey", "kind": "key", "status": "passed", "value": 1, "new": "x"}]
        metrics = [["", "rows", 3], ["id", "nulls", 0], ["id", "mean", 1.5]]
        return [facts.PortAudited(self._build(name, memory), name, "a", 3, False, checks, metrics)]

    def retire(self) -> Sequence[Fact]:
        return [facts.ProductRetired(self._product()[0], "2030-01-01", "old", ["d.q"])]

    def ask(self) -> Sequence[Fact]:
        self.names += 1
        return [facts.QueryRan(f"q{self.names}", "digest", ["d0.p0.a@1"], None, 0.1)]

    def promise(self) -> Sequence[Fact]:
        digest = self.random.choice("xyz")
        return [
            facts.ContractPublished(self._product()[0], "a", "id", "1.0.0", digest, {"d": digest})
        ]

    def see_outside(self) -> Sequence[Fact]:
        """A tool outside wrote to, or read, a port; its events come in any order."""
        name, _ = self._product()
        ours, theirs = f"{name}.a", f"spark/t{self.random.randint(0, 2)}"
        source, target = self.random.choice([(ours, theirs), (theirs, ours), (theirs, theirs)])
        edges = [[target, "x", source, "id", "DIRECT", "IDENTITY", "r"]]
        return [
            facts.ExternalRunSeen(
                job=f"airflow/job{self.random.randint(0, 2)}",
                run=f"run{self.random.randint(0, 5)}",
                state="COMPLETE",
                at=f"2030-01-0{self.random.randint(1, 9)}T00:00:00Z",
                inputs=[source],
                outputs=[target],
                edges=self.random.choice([edges, []]),
                columns=self.random.choice([{}, {theirs: ["id", "x"]}]),
            )
        ]

    def govern(self) -> Sequence[Fact]:
        """Somebody says something of a column, or the rules do of a product."""
        names = [*self.products, *self.rumours, "d0.p0"]
        name = self.random.choice(names)
        column = f"{name}.a.{self.random.choice('xy')}"
        broken = [
            {"rule": rule, "address": column, "severity": "warn", "message": "because"}
            for rule in self._some(["owned", "described"])
        ]
        self.names += 1
        return [
            self.random.choice(
                [
                    facts.ClassificationSuggested(
                        name, column, "email", "restricted", ["pii"], self.random.random(), ["name"]
                    ),
                    facts.ClassificationAccepted(name, column, "email", "restricted", ["pii"]),
                    facts.ClassificationRefused(name, column, "email", "made up"),
                    facts.ColumnDeclassified(name, column, "public", [], "maria", "counted"),
                    facts.RulesJudged(name, broken),
                    facts.ScoreChanged(name, {"documented": self.random.random()}),
                    facts.SubscriptionMade(f"s{self.names % 3}", column, "mail", ["changed"]),
                    facts.SubscriptionEnded(f"s{self.names % 3}"),
                    facts.ChangeAnnounced(column, "changed", f"v{self.names % 3}"),
                ]
            )
        ]

    def naive_edges(self, name: str, version: int) -> list[tuple[str, str, str, str]]:
        """Return the edges of a version by the names that all products have now."""
        names = {memory: now for now, memory in self.products.items()}

        def place(source: tuple[ProductMemory | None, str]) -> str:
            return source[1] if source[0] is None else f"{names[source[0]]}.{source[1]}"

        return sorted(
            (f"{name}.{model}", column, place(source), origin)
            for model, column, source, origin in self.products[name].lineage(version)
        )

    def _traced(
        self, name: str, memory: ProductMemory, version: int, build: str
    ) -> list[facts.LineageTraced]:
        other, owner = self._product()
        places: dict[str, tuple[ProductMemory | None, str]] = {
            "port": (owner, "a"),
            "raw": (None, "files:silos/raw.csv"),
            "m": (memory, "m"),
        }
        wanted = [
            ("m", column, source) for column in self._some("xy") for source in ("raw", "port")
        ]
        wanted += [("a", column, "m") for column in self._some("xy")]
        memory.said[version] = frozenset(
            (model, column, places[source], "id") for model, column, source in wanted
        )
        models: dict[str, dict[str, Json]] = {"m": {"edges": []}, "a": {"edges": []}}
        for model, column, source in wanted:
            edges = models[model]["edges"]
            assert isinstance(edges, list)
            edges.append([column, source, "id", "DIRECT", "IDENTITY", "r"])
        datasets: dict[str, dict[str, Json]] = {
            "port": {"name": f"{other}.a", "kind": "port", "columns": ["id"]},
            "raw": {"name": "files:silos/raw.csv", "kind": "source", "columns": None},
        }
        return [facts.LineageTraced(build, name, version, datasets, models, f"digest{version}")]

    def _product(self) -> tuple[str, ProductMemory]:
        name = self.random.choice([*self.products, "d0.p0", "d0.p1"])
        return name, self.products.setdefault(name, ProductMemory())

    def _build(self, name: str, memory: ProductMemory) -> str:
        memory.builds += 1
        self.names += 1
        return f"build-{self.names}"

    def _some(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if self.random.random() < 0.7]

    def _change(
        self, memory: ProductMemory, name: str, before: Mapping[str, Port]
    ) -> tuple[Port, dict[str, Json]]:
        """Add some files (new, present, or known from long ago) and remove some (present or not)."""
        have, columns = before.get(name, (frozenset(), "id"))
        if self.random.random() < 0.3:
            return (have, columns), port(columns=columns)
        known = sorted(
            {p for ports in memory.versions.values() for f, _ in ports.values() for p in f}
        )
        self.names += 1
        added = self._some([f"f{self.names}-{n}" for n in range(2)])
        added += [path for path in known if self.random.random() < 0.15]
        removed = [path for path in [*sorted(have), "unknown"] if self.random.random() < 0.3]
        columns = self.random.choice(["id", "id", "id", "other"])
        target = (have - frozenset(removed)) | frozenset(added)
        return (target, columns), port(added, removed, columns=columns)

    def _serve(
        self,
        memory: ProductMemory,
        target: Mapping[str, Port],
        seq: int,
        before: int | None = None,
    ) -> None:
        served = memory.versions.get(memory.served if before is None else before, {})
        for name, described in target.items():
            if served.get(name) != described:
                memory.sequences[name] = seq
