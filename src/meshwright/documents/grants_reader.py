"""Read `access/*.yaml`: grants that are kept in git, beside the rest of the mesh."""

from collections.abc import Mapping
from pathlib import Path

from meshwright.documents.document import Document
from meshwright.documents.judge import read_document
from meshwright.model.filed_grant import FiledGrant
from meshwright.model.json_value import Json

FOLDER = "access"


def load_grant_files(root: Path) -> list[Document]:
    """Read and judge every file of grants, by name."""
    folder = root / FOLDER
    if not folder.is_dir():
        return []
    files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    return [read_document(f"{FOLDER}/{path.name}", path.read_bytes(), "grants") for path in files]


def read_filed_grants(document: Document) -> list[FiledGrant]:
    """Return the grants of a file; none where it is broken."""
    raw = document.raw
    if document.is_broken or not isinstance(raw, dict):
        return []
    listed = raw.get("grants")
    return [
        _grant(document, item, index)
        for index, item in enumerate(listed if isinstance(listed, list) else ())
        if isinstance(item, dict)
    ]


def _grant(document: Document, item: dict[str, Json], index: int) -> FiledGrant:
    masks = item.get("masks")
    return FiledGrant(
        principal=str(item.get("principal") or ""),
        address=str(item.get("address") or ""),
        purpose=str(item.get("purpose") or ""),
        until=str(item.get("until") or ""),
        lasting=str(item.get("for") or ""),
        columns=_texts(item.get("columns")),
        raw=_texts(item.get("raw")),
        masks={str(k): str(v) for k, v in masks.items()} if isinstance(masks, Mapping) else {},
        filter=str(item.get("filter") or "").strip(),
        file=document.file,
        line=document.line_of(item),
        index=index,
    )


def _texts(value: Json | None) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
