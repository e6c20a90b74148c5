"""The mesh and its domains, as their files describe them."""

from dataclasses import dataclass
from pathlib import Path

from meshwright.model.access_request import NO_TERMS, AccessTerms
from meshwright.model.alerting import SILENT, Alerting
from meshwright.model.identity import LOCAL_ONLY, IdentitySources
from meshwright.model.openlineage import UNTOLD, OpenLineage


@dataclass(frozen=True, slots=True)
class Retention:
    """How long versions stay readable: one is removable only when beyond both bounds."""

    versions: int = 10
    days: int = 0


@dataclass(frozen=True, slots=True)
class Domain:
    """A team and what it owns. `path` is the domain's folder, `storage` where its tables live."""

    name: str
    path: Path
    storage: Path
    title: str = ""
    description: str = ""
    team: str = ""
    owners: tuple[str, ...] = ()
    engine: str = "duckdb"
    timezone: str = "UTC"  # the mesh's
    products: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Federation:
    """Where rules are that several meshes share: a folder, or a pinned ref of a git repository."""

    path: Path | None = None
    git: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class ServingTerms:
    """What `mesh serve` proves with who it is: a certificate and its key, as PEM files."""

    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class WebhookTerms:
    """Where webhooks may lead beside public addresses over TLS: `allow` are networks and names of hosts."""

    allow: tuple[str, ...] = ()
    insecure: bool = False  # without TLS too


@dataclass(frozen=True, slots=True)
class Mesh:
    """A folder with `mesh.yaml`. `state` holds the databases, `data` the tables of every domain.

    `keep_queries` are the days for which the texts of queries are kept, without their values.
    """

    name: str
    root: Path
    state: Path
    data: Path
    domain_paths: tuple[Path, ...] = ()
    description: str = ""
    timezone: str = "UTC"
    retention: Retention = Retention()
    checkpoint_sinks: tuple[str, ...] = ()
    environment: str = ""
    alerting: Alerting = SILENT
    keep_queries: int = 30
    openlineage: OpenLineage = UNTOLD
    federation: Federation | None = None
    access: AccessTerms = NO_TERMS
    identity: IdentitySources = LOCAL_ONLY
    serving: ServingTerms = ServingTerms()
    webhooks: WebhookTerms = WebhookTerms()
