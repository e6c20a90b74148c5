"""The models whose SQL reads what changes, with the line that names it."""

import re
from collections.abc import Collection, Sequence

from meshwright.app.impact.found import HitModel
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.lineage.reading import WHOLE
from meshwright.lineage.resting import Resting
from meshwright.model.address import Address
from meshwright.model.lineage import EVERY
from meshwright.model.problem import Place
from meshwright.model.product import Model


def hit_models(
    wiring: Wiring, starts: Collection[str], resting: Sequence[Resting], verdict: str
) -> tuple[HitModel, ...]:
    """Return the models that read a changed column themselves: their SQL fails where it is gone.

    Those further down read what these make: they are hit by its values, not by its name.
    """
    reads: dict[str, list[str]] = {}
    for one in resting:
        source = f"{one.link.source}.{one.link.source_column or EVERY}"
        if _is_of(source, starts):
            reads.setdefault(one.dataset, []).append(source)
    found = []
    for dataset, sources in reads.items():
        model = _find(wiring, dataset)
        if model is not None:
            product, _, name = dataset.rpartition(".")
            columns = tuple(dict.fromkeys(sources))
            place = Place(model.file, _line(model.sql, [c.rpartition(".")[2] for c in columns]))
            found.append(HitModel(product, name, columns, verdict, place))
    return tuple(found)


def _is_of(source: str, starts: Collection[str]) -> bool:
    dataset, _, column = source.rpartition(".")
    return (
        source in starts
        or f"{dataset}.{EVERY}" in starts
        or (column in (EVERY, WHOLE) and any(s.rpartition(".")[0] == dataset for s in starts))
    )


def _find(wiring: Wiring, dataset: str) -> Model | None:
    try:
        address = Address.parse(dataset)
        product = wiring.workspace.product(address)
    except MeshwrightError:
        return None  # made outside of the mesh, or its files have errors
    return next((model for model in product.models if model.name == address.port), None)


def _line(sql: str, columns: Sequence[str]) -> int:
    """Return the first line that names one of the columns; 1 where a star does."""
    names = [re.escape(name) for name in columns if name not in (EVERY, WHOLE)]
    if names:
        named = re.compile(rf"(?<!\w)({'|'.join(names)})(?!\w)", re.IGNORECASE)
        for number, line in enumerate(sql.splitlines(), 1):
            if named.search(line.partition("--")[0]):
                return number
    return 1
