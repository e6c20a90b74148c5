"""Read mesh.yaml and domain.yaml into `Mesh` and `Domain`: paths resolved, defaults filled in."""

import os
from collections.abc import Mapping
from pathlib import Path

from meshwright.documents.access_terms import read_access_terms
from meshwright.documents.alert_reader import read_alerting
from meshwright.documents.document import Document
from meshwright.documents.identity_reader import read_identity
from meshwright.documents.openlineage_reader import read_openlineage
from meshwright.errors import DescriptorError, UsageError, did_you_mean
from meshwright.model.address import is_name
from meshwright.model.json_value import Json
from meshwright.model.mesh import Domain, Federation, Mesh, Retention, ServingTerms, WebhookTerms

Raw = Mapping[str, Json]


def find_root(start: Path) -> Path:
    """Return the folder of the mesh that a path is in: the nearest one above it with a mesh.yaml."""
    here = start.absolute()
    for folder in (here, *here.parents):
        if (folder / "mesh.yaml").is_file():
            return folder
    raise UsageError(
        "mesh-not-found",
        f"`{start}` is not inside a mesh: no mesh.yaml here or above",
        hint="`mesh init` makes one",
    )


def read_mesh(document: Document, root: Path, environment: str = "") -> Mesh:
    """Return the mesh that mesh.yaml describes; raise `DescriptorError` when it is broken."""
    raw = sound(document)
    environments = _mapping(raw.get("environments"))
    if environment and environment not in environments:
        raise UsageError(
            "environment-unknown",
            f"mesh.yaml has no environment `{environment}`",
            hint=did_you_mean(environment, environments),
            place=document.file,
        )
    chosen = {**raw, **_mapping(environments.get(environment))}
    telling = _mapping(environments.get(environment)) if environment else raw  # a try tells nobody
    retention = _mapping(raw.get("retention"))
    sink = _mapping(raw.get("checkpoints")).get("sink")
    state = str(chosen.get("state") or ".mesh")
    timezone = str(raw.get("timezone") or "UTC")
    return Mesh(
        name=str(raw["name"]),
        root=root,
        state=_resolve(root, state),
        data=_resolve(root, str(chosen.get("data") or os.path.join(state, "data"))),
        domain_paths=tuple(_resolve(root, str(path)) for path in _list(raw.get("domains"))),
        description=str(raw.get("description") or ""),
        timezone=timezone,
        retention=Retention(_number(retention, "versions", 10), _number(retention, "days", 0)),
        checkpoint_sinks=tuple(str(_resolve(root, str(one))) for one in _as_list(sink)),
        environment=environment,
        alerting=read_alerting(telling.get("alerts"), timezone),
        keep_queries=_number(_mapping(raw.get("queries")), "keep", 30),
        openlineage=read_openlineage(
            telling.get("openlineage"), raw.get("openlineage"), str(raw["name"])
        ),
        federation=_federation(root, raw.get("federation")),
        access=read_access_terms(raw.get("access")),
        serving=_serving(root, raw.get("serve")),
        webhooks=_webhooks(raw.get("webhooks")),
        identity=read_identity(root, raw.get("identity")),
    )


def read_domain(document: Document, folder: Path, mesh: Mesh) -> Domain:
    """Return the domain that domain.yaml describes; a broken one under its name alone, or its folder's."""
    if document.is_broken:
        written = _mapping(document.raw).get("name")
        name = written if isinstance(written, str) and is_name(written) else folder.name
        return Domain(name, folder, mesh.data / name)
    raw = _mapping(document.raw)
    name = str(raw["name"])
    team = _mapping(raw.get("team"))
    storage = raw.get("storage")
    products = raw.get("products")
    return Domain(
        name=name,
        path=folder,
        storage=_resolve(folder, str(storage)) if storage is not None else mesh.data / name,
        title=str(raw.get("title") or ""),
        description=str(raw.get("description") or ""),
        team=str(team.get("name") or ""),
        owners=tuple(str(owner) for owner in _list(team.get("owners"))),
        engine=str(raw.get("engine") or "duckdb"),
        timezone=mesh.timezone,
        products=tuple(str(p) for p in products) if isinstance(products, list) else None,
    )


def sound(document: Document) -> Raw:
    """Return a document's mapping; raise `DescriptorError` with its first error when it is broken."""
    for problem in document.problems:
        if problem.is_error:
            raise DescriptorError(
                problem.code, problem.message, hint=problem.hint, place=str(problem.place)
            )
    return _mapping(document.raw)


def _serving(root: Path, said: Json | None) -> ServingTerms:
    tls = _mapping(_mapping(said).get("tls"))
    certificate, key = tls.get("certificate"), tls.get("key")
    if not certificate or not key:
        return ServingTerms()
    return ServingTerms(_resolve(root, str(certificate)), _resolve(root, str(key)))


def _webhooks(said: Json | None) -> WebhookTerms:
    raw = _mapping(said)
    allow = tuple(str(one).lower() for one in _list(raw.get("allow")))
    return WebhookTerms(allow, raw.get("insecure") is True)


def _federation(root: Path, said: Json | None) -> Federation | None:
    if not isinstance(said, dict):
        return None
    path = said.get("path")
    if path is not None:
        return Federation(_resolve(root, str(path)))
    return Federation(git=str(said.get("git") or ""), ref=str(said.get("ref") or ""))


def _resolve(base: Path, path: str) -> Path:
    return Path(os.path.normpath(base / os.path.expanduser(path)))


def _number(raw: Raw, key: str, default: int) -> int:
    value = raw.get(key, default)
    return value if isinstance(value, int) else default


def _mapping(value: Json | None) -> Raw:
    return value if isinstance(value, dict) else {}


def _list(value: Json | None) -> list[Json]:
    return value if isinstance(value, list) else []


def _as_list(value: Json | None) -> list[Json]:
    return [] if value is None else value if isinstance(value, list) else [value]
