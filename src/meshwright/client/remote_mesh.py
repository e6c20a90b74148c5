"""A mesh on a server, with the verbs of a local one.

What must stay true: each verb that is here gives what the local one gives, of the same class; one that a
server does not offer says so, with the code `server-verb-missing`.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from meshwright.app.exchange import from_plain
from meshwright.client.wire import Wire, word
from meshwright.errors import MeshwrightError, UsageError

if TYPE_CHECKING:
    from meshwright.app.catalog.alike import Alike
    from meshwright.app.catalog.search import Found
    from meshwright.app.history import HistoryLine
    from meshwright.app.impact.found import Impact
    from meshwright.app.incident_pages import IncidentLine, IncidentPage
    from meshwright.app.lineage import Lineage
    from meshwright.app.result import Result
    from meshwright.app.show import ProductLine, ProductPage
    from meshwright.app.trail.line import TrailLine
    from meshwright.client.remote_access import RemoteAccess
    from meshwright.model.cost import Cost
    from meshwright.model.health import PortHealth

_API = "/api/v1"
_PAGE = 1000
_FOUND = ("hits", "total", "facets", "corrected", "is_partial")


class RemoteMesh:
    """A mesh that a server serves. Close it, or use it as a context manager."""

    def __init__(self, wire: Wire, purpose: str = "") -> None:
        self._wire = wire
        self._purpose = purpose

    def __enter__(self) -> "RemoteMesh":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"RemoteMesh({self._wire.url!r})"

    def __getattr__(self, name: str) -> Any:
        from meshwright.app.mesh import Mesh

        if name in dir(Mesh) or name == "wiring":
            raise missing(name)
        raise AttributeError(f"RemoteMesh has no `{name}`")

    def close(self) -> None:
        """Close connections."""
        self._wire.close()

    def me(self) -> dict[str, Any]:
        """Say who the token is of."""
        found: dict[str, Any] = self._wire.get(f"{_API}/me")
        return found

    def query(
        self,
        sql: str,
        *,
        as_of: str | None = None,
        purpose: str = "",
        parameters: tuple[object, ...] = (),
    ) -> "Result":
        """Ask the published data in SQL; a port is the table `domain.product.port`."""
        from meshwright.app.result import Result

        started = monotonic()
        body = {
            "sql": sql,
            "purpose": purpose or self._purpose,
            "as_of": as_of or "",
            "parameters": list(parameters),
        }
        table, headers = self._wire.rows(f"{_API}/query", body)
        return Result(
            table,
            _versions(headers.get("mesh-versions", "")),
            monotonic() - started,
            _masked(headers.get("mesh-masked", "")),
        )

    def read(
        self, address: str, *, version: int | None = None, as_of: str | None = None
    ) -> "Result":
        """Read a port whole: as served now, at `@version`, or as of a time."""
        from meshwright.app.query import read_sql

        return self.query(read_sql(address, version), as_of=as_of)

    def ports(self) -> list[dict[str, Any]]:
        """List the ports that may be read, each with its columns and how they are masked."""
        return list(self._lines(f"{_API}/ports", "ports", purpose=self._purpose))

    def products(self, domain: str = "") -> "tuple[ProductLine, ...]":
        """List the products of the mesh or of one domain."""
        from meshwright.app.show import ProductLine

        found = list(self._lines(f"{_API}/products", "products", domain=domain))
        return tuple(from_plain(line, ProductLine) for line in found)

    def show(self, address: str) -> "ProductPage":
        """Return all that is known of a product or port."""
        from meshwright.app.show import ProductPage

        return from_plain(self._whole(f"products/{word(address)}"), ProductPage)

    def search(
        self,
        text: str,
        filters: "Mapping[str, tuple[str, ...]] | None" = None,
        limit: int = 20,
        offset: int = 0,
    ) -> "Found":
        """Find products, ports, columns, terms and domains by words; facet -> values narrow it down."""
        from meshwright.app.catalog.search import Found

        said = {facet: tuple(values) for facet, values in (filters or {}).items()}
        found = self._wire.get(
            f"{_API}/search", q=text, limit=limit, cursor=_cursor(offset) if offset else "", **said
        )
        return from_plain({key: found[key] for key in _FOUND if key in found}, Found)

    def alike(self, address: str) -> "tuple[Alike, ...]":
        """Return the ports that are like a port (or those of a product), or can be joined with it."""
        from meshwright.app.catalog.alike import Alike

        found = self._wire.get(f"{_API}/products/{word(address)}/alike")["alike"]
        return tuple(from_plain(one, Alike) for one in found)

    def history(self, address: str, limit: int = 0) -> "tuple[HistoryLine, ...]":
        """Return the builds of a product, newest first."""
        from meshwright.app.history import HistoryLine

        lines = self._lines(f"{_API}/history/{word(address)}", "history", most=limit)
        return tuple(from_plain(line, HistoryLine) for line in lines)

    def lineage(
        self,
        address: str,
        *,
        up: bool = True,
        depth: int = 0,
        models: bool = False,
        direct: bool = False,
        as_of: str | None = None,
    ) -> "Lineage":
        """Walk from a port or column: `up` to what it is made of, else down to what is made of it."""
        from meshwright.app.lineage import Lineage

        found = self._whole(
            f"lineage/{word(address)}",
            down=not up, depth=depth or None, models=models, direct=direct, as_of=as_of,
        )  # fmt: skip
        return from_plain(found, Lineage)

    def impact(
        self,
        address: str,
        *,
        drop: bool = False,
        type: str | None = None,
        rename: str | None = None,
    ) -> "Impact":
        """Say what rests on a column, port or product, and what a change of it would break."""
        from meshwright.app.impact.found import Impact

        words = {"drop": drop, "type": type, "rename": rename}
        return from_plain(self._whole(f"impact/{word(address)}", **words), Impact)

    def health(self, *select: str, as_of: str | None = None) -> "tuple[PortHealth, ...]":
        """Say which promises each port keeps; with `as_of`, as if it were then."""
        from meshwright.model.health import PortHealth

        found = self._whole("health", select=select, as_of=as_of)["ports"]
        return tuple(from_plain(one, PortHealth) for one in found)

    def cost(self, *select: str, by: str = "product") -> "tuple[Cost, ...]":
        """Say what builds took and what versions store, by build, product or domain."""
        from meshwright.model.cost import Cost

        found = self._wire.get(f"{_API}/cost", select=select, by=by)["costs"]
        return tuple(from_plain(one, Cost) for one in found)

    def trail(
        self,
        *,
        principal: str = "",
        address: str = "",
        kinds: tuple[str, ...] = (),
        since: str = "",
        until: str = "",
        refused: bool = False,
        limit: int = 0,
    ) -> "Iterator[TrailLine]":
        """Tell what happened, newest last, as far as the asker may know it; at most the newest thousand."""
        from meshwright.app.trail.line import TrailLine

        found = self._wire.get(
            f"{_API}/trail", principal=principal, address=address, kind=tuple(kinds), since=since,
            until=until, refused=refused, limit=min(limit or _PAGE, _PAGE),
        )  # fmt: skip
        return iter([from_plain(line, TrailLine) for line in found["trail"]])

    @property
    def incidents(self) -> "RemoteIncidents":
        """Return what lists and shows incidents."""
        return RemoteIncidents(self)

    @property
    def access(self) -> "RemoteAccess":
        """Return the desk of access: requests, grants, reviews."""
        from meshwright.client.remote_access import RemoteAccess

        return RemoteAccess(self._wire, self._lines)

    def _whole(self, path: str, **words: Any) -> Any:
        return self._wire.get(f"{_API}/{path}", form="whole", **words)

    def _lines(self, path: str, key: str, *, most: int = 0, **words: Any) -> Iterator[Any]:
        """Yield the lines of a list, page by page; `most` 0: all."""
        cursor, seen = "", 0
        while True:
            limit = min(_PAGE, most - seen) if most else _PAGE
            page = self._wire.get(path, limit=limit, cursor=cursor, **words)
            yield from page[key]
            seen += len(page[key])
            cursor = page["next"]
            if not cursor or (most and seen >= most):
                return


class RemoteIncidents:
    """The incidents of a mesh on a server: to look at."""

    def __init__(self, mesh: RemoteMesh) -> None:
        self._mesh = mesh

    def __getattr__(self, name: str) -> Any:
        from meshwright.app.incident_desk import IncidentDesk

        if name in dir(IncidentDesk):
            raise missing(f"incidents {name}")
        raise AttributeError(f"RemoteIncidents has no `{name}`")

    def list(self, *select: str, closed: bool = False) -> "tuple[IncidentLine, ...]":
        """Return open incidents (with `closed` resolved ones too), newest first."""
        from meshwright.app.incident_pages import IncidentLine

        lines = self._mesh._lines(f"{_API}/incidents", "incidents", select=select, all=closed)
        return tuple(from_plain(line, IncidentLine) for line in lines)

    def show(self, incident: str) -> "IncidentPage":
        """Return all of one incident."""
        from meshwright.app.incident_pages import IncidentPage

        return from_plain(self._mesh._wire.get(f"{_API}/incidents/{word(incident)}"), IncidentPage)


def missing(name: str) -> MeshwrightError:
    """Return the error of a verb that a server does not offer."""
    shown = name.replace("_", " ")
    return UsageError(
        "server-verb-missing",
        f"a server does not offer `{shown}`",
        hint="do it where the mesh's files are, without --server",
    )


def _cursor(offset: int) -> str:
    return urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def _versions(text: str) -> dict[str, int]:
    pairs = (part.strip().rpartition("@") for part in text.split(",") if "@" in part)
    return {name: int(number) for name, _, number in pairs if number.isdigit()}


def _masked(text: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in text.split(", ") if "=" in part)
    return {unquote(name): unquote(mask) for name, _, mask in pairs}
