"""First versions of a mesh's files, as text with comments: written once, then they are the people's.

What was guessed from data is marked `# guess` on its line, so that a reader knows what nobody promised yet.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_OID, uuid4, uuid5

from meshwright.documents import edit, emit
from meshwright.documents.sql_words import WORDS
from meshwright.errors import UsageError

_PLAIN = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class DraftColumn:
    """A column as inferred. `minimum` is SQL-literal text; `enum` values are text.

    `has_enum`, `has_minimum`: whether the contract promises what was inferred.
    """

    name: str
    logical_type: str
    physical_type: str
    required: bool = False
    unique: bool = False
    key_position: int = 0
    enum: tuple[str, ...] = ()
    minimum: str = ""
    guesses: tuple[str, ...] = ()
    classification: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""
    has_enum: bool = True
    has_minimum: bool = True


@dataclass(frozen=True, slots=True)
class DraftPort:
    """A port and where its rows come from: `source` is the mapping of build.yaml's input.

    `owner`, `title`, `purpose`: of the product, '' for what is left to be written.
    """

    domain: str
    product: str
    port: str
    input: str
    source: Mapping[str, object]
    columns: tuple[DraftColumn, ...]
    owner: str = ""
    title: str = ""
    purpose: str = ""


def scalar(value: object) -> str:
    """Return a value as YAML: a JSON string is one wherever plain text might be read as something else."""
    if isinstance(value, str):
        plain = value.isidentifier() and value.lower() not in {"true", "false", "null", "yes", "no"}
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)


def draft_mesh(name: str) -> str:
    """Return a mesh.yaml with no domains yet."""
    return f'name: {scalar(name)}\ndescription: ""\ndomains: []\nretention: {{versions: 10}}\n'


def draft_domain(name: str, owner: str, title: str = "") -> str:
    """Return a domain.yaml."""
    return (
        f"name: {name}\n"
        f"title: {scalar(title or name.replace('_', ' ').capitalize())}\n"
        "team:\n"
        f"  name: {scalar(title or name)}\n"
        f"  owners: [{scalar(owner)}]\n"
    )


def draft_product(port: DraftPort, contract_id: str, product_id: str = "") -> str:
    """Return a product.odps.yaml (ODPS v1.0.0) with one input and one output port."""
    purpose = emit.scalar(port.purpose) if port.purpose else "What is this for, and for whom?"
    head = f"""apiVersion: v1.0.0
kind: DataProduct
id: {product_id or uuid4()}
name: {port.product}
domain: {port.domain}
version: 0.1.0
status: draft
description:
  purpose: {purpose}
inputPorts:
  - name: {port.input}
    version: 0.1.0
    contractId: {uuid5(NAMESPACE_OID, contract_id)}
outputPorts:
  - name: {port.port}
    version: 0.1.0
    contractId: {contract_id}
"""
    owner = (
        f"team:\n  members:\n    - username: {emit.scalar(port.owner)}\n      role: owner\n"
        if port.owner
        else ""
    )
    title = (
        f"customProperties:\n  - property: title\n    value: {emit.scalar(port.title)}\n"
        if port.title
        else ""
    )
    return head + owner + title


def draft_contract(port: DraftPort, contract_id: str) -> str:
    """Return an ODCS 3.2.0 contract of the inferred columns; guesses are marked."""
    purpose = emit.scalar(port.purpose) if port.purpose else "What may a consumer rely on?"
    head = f"""apiVersion: v3.2.0
kind: DataContract
id: {contract_id}
name: {port.port}
version: 0.1.0
status: draft
domain: {port.domain}
dataProduct: {port.product}
description:
  purpose: {purpose}
schema:
  - name: {port.port}
    physicalType: table
    properties:
"""
    return head + "".join(_property(column) for column in port.columns)


def _property(column: DraftColumn) -> str:
    mark = dict.fromkeys(column.guesses, "  # guess")
    lines = [
        f"      - name: {scalar(column.name)}",
        f"        logicalType: {column.logical_type}",
        f"        physicalType: {scalar(column.physical_type)}",
    ]
    if column.description:
        lines.insert(1, f"        description: {emit.scalar(column.description)}")
    if column.key_position:
        lines.append(f"        primaryKey: true{mark.get('key', '')}")
        lines.append(f"        primaryKeyPosition: {column.key_position}")
    if column.required:
        lines.append(f"        required: true{mark.get('required', '')}")
    if column.unique:
        lines.append(f"        unique: true{mark.get('unique', '')}")
    if column.classification:
        guessed = mark.get("classification", "")
        lines.append(f"        classification: {column.classification}{guessed}")
    if column.tags:
        lines.append(f"        tags: {_flow(column.tags)}{mark.get('classification', '')}")
    if column.enum and column.has_enum:
        lines.append(f"        enum:{mark.get('enum', '')}")
        lines += [f"          - value: {scalar(value)}" for value in column.enum]
    if column.minimum and column.has_minimum:
        lines.append("        logicalTypeOptions:")
        lines.append(f"          minimum: {column.minimum}{mark.get('minimum', '')}")
    return "\n".join(lines) + "\n"


def draft_build(port: DraftPort) -> str:
    """Return a build.yaml that reads the one source."""
    lines = ["inputs:", f"  {port.input}:"]
    lines += [f"    {key}: {_flow(value)}" for key, value in port.source.items()]
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    return scalar(value)


def draft_model(port: DraftPort) -> str:
    """Return the model: the columns by name, so that a new one in the source changes nothing silently."""
    names = ",\n    ".join(_quoted(column.name) for column in port.columns)
    return f"SELECT\n    {names}\nFROM {port.input}\n"


def _quoted(name: str) -> str:
    is_plain = _PLAIN.match(name) is not None and name not in WORDS
    return name if is_plain else '"' + name.replace('"', '""') + '"'


def with_domain(text: str, path: str) -> str:
    """Return mesh.yaml's text with one more domain path; only the lines that must change do."""
    try:
        return edit.insert_item(text, ("domains",), path)
    except UsageError:  # there is no list yet
        return edit.set_value(text, ("domains",), [path])
