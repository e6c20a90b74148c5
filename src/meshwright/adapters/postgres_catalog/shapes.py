"""A catalog's content as JSON and back, and the digest by which the other process knows it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from meshwright.spi.sql_catalog import CatalogColumn, CatalogContent, CatalogTable


def content_text(content: CatalogContent) -> tuple[str, Any]:
    """Return a content's digest, and its JSON value."""
    value = asdict(content)
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest(), value


def content_of(value: Mapping[str, Any]) -> CatalogContent:
    """Return the content of a JSON value."""
    tables = tuple(
        CatalogTable(
            table["schema"],
            table["name"],
            tuple(CatalogColumn(**column) for column in table["columns"]),
            table["comment"],
            tuple(table["key"]),
            table["rows"],
        )
        for table in value["tables"]
    )
    databases, schemas = (tuple((a, b) for a, b in value[k]) for k in ("databases", "schemas"))
    return CatalogContent(value["database"], value["user"], databases, schemas, tables)
