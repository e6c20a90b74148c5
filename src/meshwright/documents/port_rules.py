"""Judge an output port against its contract: identity, the promised object, types, business intervals."""

from collections.abc import Mapping

from meshwright.documents.column_rules import entries
from meshwright.documents.contract_rules import all_columns
from meshwright.documents.document import Document, Path
from meshwright.documents.monitoring import (
    build_monitoring_problems,
    contract_monitoring_problems,
)
from meshwright.documents.product_files import ProductFiles
from meshwright.documents.references import as_list, data_name, split
from meshwright.documents.type_rules import type_problems
from meshwright.documents.wording import nearest_hint, show
from meshwright.errors import did_you_mean
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

_NAMING = ("id", "name", "physicalName")
_MOMENTS = ("date", "timestamp")


def port_problems(
    files: ProductFiles,
    path: Path,
    port: Mapping[str, Json],
    contract: Document,
    kept: Mapping[str, Json],
) -> list[Problem]:
    """Return what does not fit between a port (at `path`), its contract, and build.yaml's `ports` entry."""
    raw = contract.raw if isinstance(contract.raw, dict) else {}
    name = str(port.get("name"))
    found = _identity(files, path, port, contract, raw)
    found_object = _object_for(name, raw)
    if found_object is None:
        if raw and not contract.is_broken:
            objects = [str(item.get("name")) for _, item in entries(raw.get("schema"), ())]
            text = f"the contract describes no object `{name}`"
            hint = (
                did_you_mean(name, objects) if objects else f"add `schema: [{{name: {name}, …}}]`"
            )
            found.append(contract.problem("contract-object-missing", text, ("schema",), hint=hint))
        return found
    where, item = found_object
    columns = [column for _, column in entries(item.get("properties"), ())]
    if not columns:
        text = f"the contract promises no column of `{name}`"
        hint = "list its `properties`"
        found.append(
            contract.problem("contract-no-columns", text, where, hint=hint, severity="warning")
        )
    for column_path, column in all_columns(item, where):
        found += type_problems(contract, column, column_path, str(raw.get("apiVersion")))
    found += _interval_column(files, name, columns, kept)
    found += build_monitoring_problems(files.build, name, kept, columns)
    found += contract_monitoring_problems(contract, (((), raw), (where, item)), columns, kept)
    return found + _relationships(files, contract, where, item)


def _identity(
    files: ProductFiles,
    path: Path,
    port: Mapping[str, Json],
    contract: Document,
    raw: Mapping[str, Json],
) -> list[Problem]:
    found = []
    name, identifier, version = port.get("name"), port.get("contractId"), port.get("version")
    if identifier is not None and raw.get("id") is not None and identifier != raw.get("id"):
        text = f"port `{name}` asks for contract {show(identifier)}; {contract.file} is {show(raw['id'])}"
        hint = f"write `contractId: {raw['id']}`"
        found.append(
            files.product.problem("contract-id-mismatch", text, (*path, "contractId"), hint=hint)
        )
    if version is not None and raw.get("version") is not None and version != raw.get("version"):
        text = f"port `{name}` has version `{version}`, its contract `{raw['version']}`"
        hint = f"write `version: {raw['version']}` here, or change {contract.file}"
        found.append(
            files.product.problem("contract-version-mismatch", text, (*path, "version"), hint=hint)
        )
    domain, product = raw.get("domain"), raw.get("dataProduct")
    if isinstance(domain, str) and domain != files.domain:
        text = f"the contract says domain `{domain}`, but it is in domain `{files.domain}`"
        hint = f"write `domain: {files.domain}`"
        found.append(contract.problem("domain-mismatch", text, ("domain",), hint=hint))
    own = files.product.raw.get("name") if isinstance(files.product.raw, dict) else None
    if isinstance(product, str) and isinstance(own, str) and product != own:
        text = f"the contract says product `{product}`, but it is in product `{own}`"
        hint = f"write `dataProduct: {own}`"
        found.append(contract.problem("product-mismatch", text, ("dataProduct",), hint=hint))
    return found


def _object_for(name: str, raw: Mapping[str, Json]) -> tuple[Path, dict[str, Json]] | None:
    objects = list(entries(raw.get("schema"), ("schema",)))
    for path, item in objects:
        if name in (item.get("name"), item.get("physicalName")):
            return path, item
    return objects[0] if len(objects) == 1 else None


def _interval_column(
    files: ProductFiles, name: str, columns: list[dict[str, Json]], kept: Mapping[str, Json]
) -> list[Problem]:
    wanted = kept.get("column")
    if kept.get("kind") != "append" or not isinstance(wanted, str) or files.build is None:
        return []
    column = next((c for c in columns if data_name(c) == wanted), None)
    path: Path = ("ports", name, "column")
    if column is None:
        text = f"port `{name}` has no column `{wanted}` in its contract"
        hint = did_you_mean(wanted, [data_name(c) for c in columns])
        return [files.build.problem("append-column-unknown", text, path, hint=hint)]
    logical = column.get("logicalType")
    if logical is not None and logical not in _MOMENTS:
        text = f"column `{wanted}` is of type {logical}; an interval needs a date or a timestamp"
        names = [data_name(c) for c in columns if c.get("logicalType") in _MOMENTS]
        hint = f"dates and timestamps: {', '.join(names)}" if names else ""
        return [files.build.problem("append-column-type", text, path, hint=hint)]
    return []


def _relationships(
    files: ProductFiles, contract: Document, where: Path, item: Mapping[str, Json]
) -> list[Problem]:
    """Judge references to objects that another contract of this product must have."""
    own = _names_of((contract.raw or {}).get("schema"))  # type: ignore[union-attr]
    local = [(path, text, split(text)) for path, text in targets(where, item)]
    elsewhere = [
        (path, text, parts) for path, text, parts in local if parts and parts[0] not in own
    ]
    known = _objects_of(files) if elsewhere else {}
    found = []
    for path, reference, (table, column) in elsewhere:
        if table not in known:
            text = f"{show(reference)} names `{table}`, which no contract of this product describes"
            otherwise = "write `domain.product.port.column` for another product"
            hint = nearest_hint(table, known, otherwise)
            found.append(contract.problem("relationship-object-unknown", text, path, hint=hint))
        elif column not in known[table]:
            text = f"`{table}` has no column `{column}`"
            hint = did_you_mean(column, known[table])
            found.append(contract.problem("relationship-column-unknown", text, path, hint=hint))
    return found


def _objects_of(files: ProductFiles) -> dict[str, set[str]]:
    """Return the column names of every object of a product's contracts, by every name it has."""
    known: dict[str, set[str]] = {}
    for document in files.contracts.values():
        raw = document.raw if isinstance(document.raw, dict) else {}
        for _, other in entries(raw.get("schema"), ()):
            columns = _names_of(other.get("properties"))
            for key in _NAMING:
                if key in other:
                    known.setdefault(str(other[key]), set()).update(columns)
    return known


def _names_of(items: Json) -> set[str]:
    return {str(item[key]) for _, item in entries(items, ()) for key in _NAMING if key in item}


def targets(where: Path, item: Mapping[str, Json]) -> list[tuple[Path, str]]:
    """Return each reference that the relationships of an object or its columns point to."""
    found = []
    for path, relationship in entries(item.get("relationships"), (*where, "relationships")):
        found += [((*path, "to"), target) for target in as_list(relationship.get("to"))]
    for base, column in entries(item.get("properties"), (*where, "properties")):
        for path, relationship in entries(column.get("relationships"), (*base, "relationships")):
            found += [((*path, "to"), target) for target in as_list(relationship.get("to"))]
    return found
