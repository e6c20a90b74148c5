"""What one query may take: what mesh.yaml says, and less where a door or a client asks for less."""

import os
from dataclasses import replace

from meshwright.app.wiring import Wiring
from meshwright.model.principal import Asker
from meshwright.spi.query_pool import UNLIMITED, Limits

_A_DAY = 86_400.0


def limits_of(wiring: Wiring, asker: Asker, asked: Limits = UNLIMITED) -> Limits:
    """Return the limits of a query; whoever owns the mesh's files is held to the machine's alone."""
    terms = wiring.mesh.access.limits
    if asker.principal.owns_mesh:
        most = Limits(seconds=_A_DAY, memory=_machine_memory() * 3 // 4)
    else:
        most = Limits(rows=terms.rows, seconds=float(terms.seconds), memory=terms.memory)
    rows = min(filter(None, (most.rows, asked.rows)), default=0)
    return replace(
        most,
        rows=rows,
        seconds=min(most.seconds, asked.seconds),
        memory=min(most.memory, asked.memory),
        threads=min(most.threads, asked.threads),
    )


def _machine_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
