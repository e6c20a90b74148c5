"""Names of data sets here and outside.

Outside, a port is `<namespace of the mesh>/<domain.product.port>`, and its table's folder one more name of
it; a file is `file` and its whole path; a SQLite table is `sqlite://<path>` and the table. What others
tell is joined to the mesh by the same names, and by the aliases that mesh.yaml gives.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from meshwright.model.address import is_name

FILES, SQLITE = "files:", "sqlite:"
_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A data set or job as OpenLineage names it."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Names:
    """Translates names. `locations` maps a table's folder to its port's address, `sources` are the names of
    what products read that lies outside; `former` maps the earlier name of a product to the one it has now.
    """

    namespace: str
    root: Path
    locations: Mapping[str, str] = field(default_factory=dict)
    sources: Collection[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, str] = field(default_factory=dict)

    def outside(self, dataset: str) -> Named:
        """Return the name by which others know a port, a model or a source."""
        kind, colon, place = dataset.partition(":")
        if not colon:
            return Named(self.namespace, dataset)
        path, _, table = place.partition("#")
        if kind == "sqlite":
            return Named(f"sqlite://{self._whole(path)}", table or "query")
        if kind == "files":
            return Named("file", self._whole(_folder(path)))
        return Named(kind, place)

    def inside(self, named: Named, *others: Named) -> str:
        """Return the mesh's own name of a data set, found by any of its names, or `<namespace>/<name>`."""
        for one in (named, *others):
            found = self.aliases.get(str(one)) or self._find(one)
            if found:
                return self._present(found)
        return str(named)

    def _present(self, dataset: str) -> str:
        product, _, port = dataset.rpartition(".")
        return f"{self.former[product]}.{port}" if product in self.former else dataset

    def is_own(self, namespace: str) -> bool:
        """Say whether a namespace means this mesh."""
        return namespace == self.namespace or self.aliases.get(namespace) == self.namespace

    def _find(self, named: Named) -> str:
        scheme, _, rest = named.namespace.partition(":")
        if self.is_own(named.namespace):
            return named.name if _is_address(named.name) else ""
        if scheme == "file":
            return self._of_path(_path(named.name))
        if scheme == "sqlite":
            return self._of_table(rest, named.name)
        return ""

    def _of_path(self, path: str) -> str:
        for folder in (path, *map(str, PurePosixPath(path).parents)):
            if folder in self.locations:
                return self.locations[folder]
        for source in self.sources:
            if source.startswith(FILES) and self._covers(source.removeprefix(FILES), path):
                return source
        inside = self._inside(path)
        return f"{FILES}{inside}" if inside else ""

    def _covers(self, place: str, path: str) -> bool:
        """Say whether a path is what a source reads: a file of it, or the folder of its pattern."""
        return any(
            fnmatchcase(path, self._whole(part)) or path == self._whole(_folder(part))
            for part in place.split(",")
        )

    def _of_table(self, rest: str, name: str) -> str:
        path = _path(rest)
        table = name.rpartition("#")[2]
        if "#" in name or not rest.strip("/"):  # `sqlite` alone: the name holds the path
            path = _path(name.partition("#")[0])
        inside = self._inside(path)
        return f"{SQLITE}{inside}#{table.removeprefix('main.')}" if inside else ""

    def _inside(self, path: str) -> str:
        root = self.root.as_posix().rstrip("/") + "/"
        return path.removeprefix(root) if path.startswith(root) else ""

    def _whole(self, path: str) -> str:
        return Path(os.path.normpath(self.root / path)).as_posix()


def split(dataset: str) -> Named:
    """Return namespace and name of `<namespace>/<name>`: a namespace with a scheme ends after its host."""
    scheme, sign, rest = dataset.partition("://")
    if sign:
        host, _, name = rest.partition("/")
        return Named(f"{scheme}://{host}", name)
    namespace, _, name = dataset.partition("/")
    return Named(namespace, name)


def folders(rows: Iterable[tuple[Path, str]]) -> Iterator[tuple[str, str]]:
    """Return (folder, address) of tables as `Names` wants them."""
    for folder, address in rows:
        yield Path(os.path.normpath(folder)).as_posix(), address


def _is_address(name: str) -> bool:
    parts = name.split(".")
    return len(parts) == 3 and all(map(is_name, parts))


def _folder(place: str) -> str:
    """Return what a pattern or several paths have in common: OpenLineage has one name for a data set."""
    parts = place.split(",")
    plain = [part if not _GLOB & set(part) else _before_pattern(part) for part in parts]
    return plain[0] if len(plain) == 1 else os.path.commonpath(plain) or "."


def _before_pattern(place: str) -> str:
    kept: list[str] = []
    for part in place.split("/"):
        if _GLOB & set(part):
            break
        kept.append(part)
    return "/".join(kept) or "."


def _path(text: str) -> str:
    """Return a path without its scheme, `//` and escapes, as short as it can be written."""
    bare = text.removeprefix("file:")
    while bare.startswith("//"):
        bare = bare[1:]
    return os.path.normpath(unquote(bare)) if bare else ""
