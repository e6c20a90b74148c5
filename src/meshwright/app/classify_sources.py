"""What lies outside the mesh, classified: inputs of a product that never published, and single files."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from meshwright.app.classify import Ground, Suggestion, find
from meshwright.app.scanning.ground import lay_ground
from meshwright.app.scanning.subject import find_subject
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError
from meshwright.govern.classifying.kinds import KINDS
from meshwright.ingest import land_input
from meshwright.model.product import Product


def land_inputs(wiring: Wiring, product: Product, scratch: Path) -> Iterator[Ground]:
    """Land the sources of a product into a scratch folder, and yield each as a table."""
    for port in product.inputs:
        if port.source is None:
            continue  # a port of another product, which is looked at there
        folder = scratch / str(product.address) / port.name
        landing = land_input(wiring.source(port.source), wiring.engine(), folder, port)
        if landing.files:
            name = f"{product.address}.{port.name}"
            yield Ground(str(product.address), name, landing.files, landing.columns, landing.rows)


def classify_source(wiring: Wiring, source: str, table: str = "") -> tuple[Suggestion, ...]:
    """Look at files or a table of a database as `mesh scan` reads them; nothing is recorded.

    Raises `UsageError` (`source-is-a-port`) for an address: a port is selected, not read as a source.
    """
    subject = find_subject(source, table, Path.cwd())
    if subject.port is not None:
        raise UsageError(
            "source-is-a-port", f"`{source}` is a port", hint=f"mesh classify {subject.port}"
        )
    with TemporaryDirectory(prefix="mesh-classify-") as scratch:
        laid = lay_ground(wiring, subject, Path(scratch).resolve(), None, lambda _: None)
        rows = _rows(wiring, laid.files)
        ground = Ground("", subject.name, laid.files, laid.columns, rows)
        return tuple(
            Suggestion(
                "",
                f"{subject.name}.{column}",
                finding.kind,
                KINDS[finding.kind].classification,
                KINDS[finding.kind].tags,
                finding.confidence,
                finding.evidence,
            )
            for _, findings in find(wiring, [ground])
            for column, finding in findings.items()
        )


def _rows(wiring: Wiring, files: tuple[Path, ...]) -> int:
    from meshwright.spi.engine import Reach

    session = wiring.engine().open(Reach(read=files))
    try:
        session.scan("counted", files)
        return int(str(session.rows("SELECT count(*) FROM counted", trusted=True)[0][0]))
    finally:
        session.close()
