"""The files of a draft: what creating it writes, by their paths in the mesh."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.app.creating.draft import DATA, UPLOAD, Draft
from meshwright.app.new import input_name
from meshwright.app.rewriting import unified
from meshwright.app.wiring import Wiring
from meshwright.documents import drafts
from meshwright.errors import UsageError
from meshwright.model.mesh import Domain


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that is written, or changed. `before`: its text now, None for a new one."""

    path: str
    text: str
    before: str | None = None

    @property
    def diff(self) -> str:
        """Return what changes, as a unified diff."""
        return unified(self.path, self.before, self.text)


def files_of(wiring: Wiring, draft: Draft) -> tuple[DraftFile, ...]:
    """Return the files of a draft: the product's, and those of a new domain."""
    folder = product_folder(wiring, draft)
    source = draft.source
    name = source.table or source.file
    port = drafts.DraftPort(
        draft.domain,
        draft.product,
        draft.port,
        input_name(draft.port, name if source.table else source.file, source.table),
        _entry(wiring, draft, folder),
        draft.columns,
        draft.owner,
        draft.title,
        draft.purpose,
    )
    texts: dict[str, str] = {
        "product.odps.yaml": drafts.draft_product(port, draft.contract_id, draft.product_id),
        f"contracts/{draft.port}.odcs.yaml": drafts.draft_contract(port, draft.contract_id),
        "build.yaml": drafts.draft_build(port),
        f"models/{draft.port}.sql": drafts.draft_model(port),
    }
    found = [DraftFile(f"{folder}/{path}", text) for path, text in texts.items()]
    return (*_domain_files(wiring, draft), *found)


def product_folder(wiring: Wiring, draft: Draft) -> str:
    """Return the product's folder in the mesh; raise `UsageError` (`domain-unknown`, `domain-outside`)."""
    if draft.is_new_domain:
        return f"domains/{draft.domain}/{draft.product}"
    domain: Domain | None = wiring.workspace.domains.get(draft.domain)
    if domain is None:
        raise UsageError("domain-unknown", f"there is no domain `{draft.domain}`")
    root = wiring.root.resolve()
    if not domain.path.resolve().is_relative_to(root):
        raise UsageError(
            "domain-outside",
            f"the files of `{draft.domain}` lie outside of the mesh's folder",
            hint="create the product there: mesh new product",
        )
    return f"{domain.path.resolve().relative_to(root).as_posix()}/{draft.product}"


def _entry(wiring: Wiring, draft: Draft, folder: str) -> Mapping[str, object]:
    """Return the entry of build.yaml: the source's path from the product's folder."""
    source = draft.source
    if source.kind == UPLOAD:
        where = f"{DATA}/{source.file}"
    else:
        root = wiring.root.resolve()
        where = os.path.relpath((root / source.file).resolve(), root / folder).replace(os.sep, "/")
    entry: dict[str, object]
    entry = {"sqlite": where, "table": source.table} if source.is_database else {"files": where}
    if draft.leaves_out and draft.rejected:
        entry["tolerance"] = draft.rejected
    return entry


def _domain_files(wiring: Wiring, draft: Draft) -> tuple[DraftFile, ...]:
    if not draft.is_new_domain:
        return ()
    before = (wiring.root / "mesh.yaml").read_bytes().decode("utf-8")
    path = f"domains/{draft.domain}"
    after = drafts.with_domain(before, path)
    text = drafts.draft_domain(draft.domain, draft.domain_owner or draft.owner, draft.domain_title)
    return (DraftFile("mesh.yaml", after, before), DraftFile(f"{path}/domain.yaml", text))
