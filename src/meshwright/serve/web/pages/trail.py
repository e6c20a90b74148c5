"""The trail: who asked, was granted, read what and was refused; to look through, and to take along."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from meshwright.app.access.sight import sees_all
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.mesh import Mesh
from meshwright.app.trail.line import KINDS, TrailLine
from meshwright.app.trail.sentences import sentence
from meshwright.app.trail.writing import write_csv, write_ndjson
from meshwright.errors import DeniedError, MeshwrightError
from meshwright.ledger.verification import Verification
from meshwright.model.principal import ADMINISTRATOR
from meshwright.serve.api.errors import status_of
from meshwright.serve.web.page import COSTLY, Page
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told

LINES = 100
_FORMS = {"csv": (write_csv, "text/csv"), "ndjson": (write_ndjson, "application/x-ndjson")}


async def show(visit: Visit) -> Response:
    """Show the newest lines that are asked for."""
    return await _page(visit)


async def verify(visit: Visit) -> Response:
    """Say whether the chain is what was written; for those who may see all."""
    if not _may_verify(visit):
        raise DeniedError(
            "verify-denied", f"`{visit.who.principal.name}` may not verify the whole trail",
            hint="an auditor or an administrator does",
        )  # fmt: skip
    found = await visit.read_long(lambda mesh: mesh.verify_trail())
    return await _page(visit, verified=found)


async def export(visit: Visit) -> Response:
    """Send all that is asked for as a file."""
    form = visit.word("form", "csv")
    write, media = _FORMS.get(form, _FORMS["csv"])
    _, knowing = await visit.board()

    def work(mesh: Mesh) -> Path:
        lines = mesh.trail(**_filter(visit), limit=0)
        with NamedTemporaryFile(
            "w", encoding="utf-8", newline="", prefix="mesh-trail-", delete=False
        ) as file:
            try:
                write(_known(lines, knowing), file)  # type: ignore[arg-type]
            except BaseException:
                Path(file.name).unlink()
                raise
            return Path(file.name)

    path = await visit.read_long(work)
    return FileResponse(
        path,
        media_type=media,
        filename=f"trail.{form if form in _FORMS else 'csv'}",
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(path.unlink),
    )


def _filter(visit: Visit) -> dict[str, Any]:
    kinds = [kind for kind in visit.request.query_params.getlist("kind") if kind]
    return {
        "principal": visit.word("who").strip(),
        "address": visit.word("address").strip(),
        "kinds": kinds,
        "since": visit.word("since"),
        "until": visit.word("before") or visit.word("until"),
        "refused": bool(visit.word("refused")),
    }


async def _page(visit: Visit, verified: Verification | None = None) -> Response:
    _, knowing = await visit.board()
    lines: list[TrailLine] = []
    fault, older, status = None, "", 200
    try:
        lines, older = await visit.read(lambda mesh: _newest(mesh, _filter(visit), knowing))
    except MeshwrightError as error:
        fault, status = told(error, visit.service.wiring.root), status_of(error)
    words = [
        (name, text)
        for name, text in visit.request.query_params.multi_items()
        if text and name not in ("before", "form")
    ]
    return visit.page(
        "trail.html",
        status=status,
        fault=fault,
        lines=[(line, sentence(line)) for line in lines],
        older=older,
        kinds=tuple(KINDS),
        chosen=_filter(visit),
        until=visit.word("until"),
        words=words,
        sees_all=sees_all(visit.who.principal),
        may_verify=_may_verify(visit),
        verified=verified,
    )


def _newest(mesh: Mesh, wanted: dict[str, Any], knowing: Knowing) -> tuple[list[TrailLine], str]:
    """Return the newest lines, the newest first, and the time before which there are more.

    What happened in one moment is shown together: a page ends between two moments.
    """
    found = list(mesh.trail(**wanted, limit=LINES + 1))
    older = ""
    if len(found) > LINES:
        later = [line for line in found if line.at > found[0].at]
        found = later or found
        older = found[0].at
    return [line for line in reversed(found) if _is_known(line, knowing)], older


def _known(lines: Iterable[TrailLine], knowing: Knowing) -> Iterator[TrailLine]:
    return (line for line in lines if _is_known(line, knowing))


def _is_known(line: TrailLine, knowing: Knowing) -> bool:
    """Say whether a line names nothing that they may not know of."""
    return all(knowing.of(".".join(port.split(".")[:2])) for port in line.ports if "." in port)


def _may_verify(visit: Visit) -> bool:
    who = visit.who.principal
    return sees_all(who) or ADMINISTRATOR in who.roles


PAGES = (
    Page("/trail", show),
    Page("/trail", verify, "POST", cost=COSTLY),
    Page("/trail/export", export, cost=COSTLY),
)
