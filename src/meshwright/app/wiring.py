"""Choose the adapters of one mesh and make each thing once, when it is first needed.

Nothing heavy is imported before its property is read: a run in which nothing changed must never load an
engine, a SQL parser or a YAML reader.
"""

import getpass
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from meshwright import __version__
from meshwright.documents.workspace import Workspace, open_workspace
from meshwright.model.address import Address
from meshwright.model.json_value import Json
from meshwright.model.mesh import Mesh
from meshwright.model.openlineage import LineageSinkSpec
from meshwright.model.product import Product, SourceSpec
from meshwright.spi import plugins
from meshwright.spi.cache import Cache
from meshwright.spi.checkpoint_sink import CheckpointSink
from meshwright.spi.detector import Detector
from meshwright.spi.engine import Engine, Session
from meshwright.spi.lineage_sink import LineageSink
from meshwright.spi.notifier import Notifier
from meshwright.spi.policy_engine import PolicyEngine
from meshwright.spi.query_pool import QueryPool
from meshwright.spi.source import Source
from meshwright.spi.sql_catalog import SqlCatalog
from meshwright.spi.sql_reader import SqlReader
from meshwright.spi.state_store import StateStore
from meshwright.spi.table_store import TableStore
from meshwright.transform import fingerprint
from meshwright.transform.cached_reader import CachedSqlReader

if TYPE_CHECKING:
    from meshwright.app.secrets import Secrets
    from meshwright.ledger.checkpoints import Checkpoints
    from meshwright.ledger.ledger import Ledger
    from meshwright.model.principal import Asker
    from meshwright.publish.reading import PinnedPort

Load = Callable[[str, str], Any]
Now = Callable[[], datetime]  # the true time, aware
DIALECT = "duckdb"
CARD_FORM = "6"  # changes when what `app.cards` keeps of a product does
CACHE_FOLDER = ".mesh"  # known before any descriptor is read


class OpenSessions:
    """The engine sessions of builds that run now, so that a stop can interrupt them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[Address, Session] = {}

    @contextmanager
    def opened(self, product: Address, session: Session) -> Iterator[Session]:
        """Keep a session reachable while it is open, and close it at the end."""
        with self._lock:
            self._open[product] = session
        try:
            yield session
        finally:
            with self._lock:
                self._open.pop(product, None)
            session.close()

    def cancel(self, product: Address) -> None:
        """Interrupt what a product's build computes."""
        with self._lock:
            session = self._open.get(product)
            if session is not None:
                session.cancel()


class Wiring:
    """The parts of one opened mesh."""

    def __init__(
        self,
        root: Path,
        environment: str = "",
        load: Load = plugins.load,
        now: Now = lambda: datetime.now(UTC),
    ) -> None:
        self.root = root
        self.now = now
        self.environment = environment
        self._load = load
        self._engines: dict[str, Engine] = {}
        self._lock = Lock()
        self._pool_lock = Lock()
        self.sessions = OpenSessions()
        self.pins: dict[Address, PinnedPort] = {}  # versions that were read, which never change
        self.door = "python"  # through which whoever sits at this machine came in
        self.is_looked_after = (
            False  # a server's lookout reads the files anew, beside whoever works with it
        )

    @property
    def origin(self) -> "Wiring":
        """Return the wiring whose parts these are: this one, unless somebody else acts through it."""
        return self

    @cached_property
    def actor(self) -> str:
        """Return who acts: on one's own machine, the operating-system user owns the mesh."""
        try:
            return f"person:{getpass.getuser()}"
        except (OSError, KeyError):
            return f"person:uid-{os.getuid()}"

    def asker(self, purpose: str = "", door: str = "") -> "Asker":
        """Return who asks: the owner of the mesh, from whom nothing of their own files is kept."""
        from meshwright.model.principal import Asker, Principal

        return Asker(Principal(self.actor, owns_mesh=True), purpose, door=door or self.door)

    @cached_property
    def mesh(self) -> Mesh:
        """Return mesh.yaml as it is read, in the chosen environment."""
        return self.workspace.mesh

    @cached_property
    def cache(self) -> Cache:
        """Return what may be deleted at any time."""
        cache: Cache = self._load("caches", "sqlite")(self.root / CACHE_FOLDER)
        return cache

    @cached_property
    def workspace(self) -> Workspace:
        """Return the descriptors, scanned once."""
        return self._open_workspace()

    def _open_workspace(self) -> Workspace:
        workspace = open_workspace(
            self.root,
            self.cache,
            environment=self.environment,
            enrich=self._enrich,
            edition=f"{__version__}:{CARD_FORM}:{fingerprint.VERSION}",
        )
        self.reader.flush()
        return workspace

    def look_again(self) -> None:
        """Read what changed on disk since the workspace was opened; a lookout does it where there is one."""
        if "workspace" in self.__dict__ and not self.is_looked_after:
            self.workspace.refresh()
            self.__dict__.pop("mesh", None)  # what mesh.yaml says may have changed too
            self.reader.flush()

    def look_anew(self) -> None:
        """Read what changed on disk into a workspace of its own and put it in the place of the other, which
        whoever works with it now keeps: for a server, whose threads share a mesh. Where nothing changed, the
        other stays, with all that was made of it.
        """
        workspace = self._open_workspace()
        if workspace.says_as(self.workspace):
            return
        self.__dict__["workspace"] = workspace
        self.__dict__["mesh"] = workspace.mesh

    @cached_property
    def store(self) -> StateStore:
        """Return the state store, its tables up to date."""
        store: StateStore = self._load("state_stores", "sqlite")(self.mesh.state)
        store.prepare()
        return store

    def scratch_store(self, folder: Path) -> StateStore:
        """Return an empty state store elsewhere, to replay the ledger into; the caller closes it."""
        store: StateStore = self._load("state_stores", "sqlite")(folder)
        store.prepare()
        return store

    def without_state(self, folder: Path) -> "Wiring":
        """Return the same mesh over an empty state in a folder: nothing was ever built there.

        Its files are read already and its cache is shared; only the store is the caller's to close.
        """
        other = Wiring(self.root, self.environment, self._load, self.now)
        parts = {name: getattr(self, name) for name in ("workspace", "cache", "reader")}
        other.__dict__.update(parts, store=self.scratch_store(folder))
        return other

    @cached_property
    def ledger(self) -> "Ledger":
        """Return the ledger, written as the actor."""
        from meshwright.ledger.ledger import Ledger

        return Ledger(self.store, self.actor, self.now)

    @cached_property
    def checkpoints(self) -> "Checkpoints":
        """Return the signed checkpoints: kept beside the state, sent to the sinks of mesh.yaml."""
        from meshwright.ledger.checkpoints import Checkpoints

        open_sink = self._load("checkpoint_sinks", "file")
        sinks: dict[str, CheckpointSink] = {
            name: open_sink(self.root / name)
            for name in self.mesh.checkpoint_sinks
            if not self.environment  # another environment has another ledger and another key
        }
        local = open_sink(self.mesh.state / "checkpoints.ndjson")
        return Checkpoints(self.mesh.state / "keys", local, sinks)

    @cached_property
    def table_store(self) -> TableStore:
        """Return what keeps the open table format in step."""
        tables: TableStore = self._load("table_stores", "delta")()
        return tables

    @cached_property
    def reader(self) -> CachedSqlReader:
        """Return the SQL reader; what was read before is not parsed again."""
        return CachedSqlReader(self._sql_reader, self.cache, DIALECT)

    def engine(self, name: str = "") -> Engine:
        """Return an engine by name (the default one for '')."""
        wanted = name or "duckdb"
        with self._lock:
            if wanted not in self._engines:
                self._engines[wanted] = self._load("engines", wanted)()
            return self._engines[wanted]

    @property
    def pool(self) -> QueryPool:
        """Return what runs the queries of people and programs, each in a locked process.

        Made once, by whichever thread asks first: a server makes it ready while it answers already.
        """
        with self._pool_lock:
            if "pool" not in self.__dict__:
                at_once = self.mesh.access.limits.at_once
                self.__dict__["pool"] = self._load("query_pools", "duckdb")(
                    at_once=at_once,
                    processes=max(8, 2 * at_once),  # one principal never takes all turns
                )
            pool: QueryPool = self.__dict__["pool"]
            return pool

    @cached_property
    def sql_catalog(self) -> SqlCatalog:
        """Return what answers PostgreSQL's questions about what there is."""
        catalog: SqlCatalog = self._load("sql_catalogs", "postgres")()
        return catalog

    @cached_property
    def policy_engine(self) -> PolicyEngine:
        """Return what decides by access policies."""
        engine: PolicyEngine = self._load("policy_engines", "cedar")()
        return engine

    def detector(self, name: str, options: Mapping[str, object]) -> Detector:
        """Make a detector; raise `DescriptorError` for options that it does not know."""
        made: Detector = self._load("detectors", name)(options)
        return made

    def source(self, spec: SourceSpec) -> Source:
        """Open an external source, with the secrets that its options name."""
        from meshwright.app.secret_source import has_secrets, open_with_secrets

        factory = self._load("sources", spec.kind)
        if has_secrets(spec):
            return open_with_secrets(factory, spec, self.secrets)
        source: Source = factory(spec)
        return source

    def notifier(self, name: str) -> Notifier:
        """Return a notifier of mesh.yaml, by the adapter that its address names: most are apprise's."""
        from meshwright.app.notifiers import open_notifier

        return open_notifier(self.mesh, name, self.secrets, self._load)

    def lineage_sink(self, spec: LineageSinkSpec) -> LineageSink:
        """Open a sink of OpenLineage events; the caller closes it."""
        from meshwright.app.lineage_sinks import open_sink

        return open_sink(self.mesh, spec, self.secrets, self._load)

    @cached_property
    def secrets(self) -> "Secrets":
        """Return the secrets of the mesh, each looked up when it is needed."""
        from meshwright.app.secrets import Secrets

        return Secrets(self.root, self._load)

    def close(self) -> None:
        """Close what was opened; what was read of SQL is kept before."""
        if "reader" in self.__dict__:
            self.reader.flush()
        for name in ("pool", "sql_catalog", "store", "cache"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()

    def _sql_reader(self) -> SqlReader:
        reader: SqlReader = self._load("sql_readers", DIALECT)()
        return reader

    def _enrich(self, product: Product) -> Mapping[str, Json]:
        from meshwright.app.cards import card_extra

        return card_extra(product, self.reader)
