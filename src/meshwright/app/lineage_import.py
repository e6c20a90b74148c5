"""Take what other tools tell of their runs, and what dbt wrote of its project, into the ledger.

What must stay true: the same event told again records nothing; a batch is taken event by event, and what is
wrong with one stops no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from meshwright.app.lineage_events import names_of
from meshwright.app.wiring import Wiring
from meshwright.errors import UnreachableError, UsageError
from meshwright.lineage.openlineage.batches import split_events
from meshwright.lineage.openlineage.intake import is_own, read_event
from meshwright.lineage.openlineage.knowing import is_new
from meshwright.model.facts import ExternalRunSeen
from meshwright.model.json_value import Json

MANIFEST, CATALOG = "manifest.json", "catalog.json"
MOST_BYTES = 256 * 1024 * 1024  # of a file
_CHUNK = 200


@dataclass(slots=True)
class Taken:
    """What became of events: `recorded` are facts now, `known` said nothing new, `own` are our own builds.

    `failed` are (number of the event, counted from 0; what is wrong with it); `notes` say what could not be
    read of a dbt project.
    """

    received: int = 0
    recorded: int = 0
    known: int = 0
    own: int = 0
    jobs: list[str] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def take_events(wiring: Wiring, events: Sequence[Json]) -> Taken:
    """Take events in the order in which they came."""
    taken = Taken(received=len(events))
    facts = []
    with wiring.store.read() as reader:
        names = names_of(wiring, reader)
    for number, event in enumerate(events):
        if isinstance(event, dict) and is_own(event, names):
            taken.own += 1
            continue
        try:
            facts.append(read_event(event, names))
        except UsageError as error:
            taken.failed.append((number, error.message))
    _record(wiring, facts, taken)
    return taken


def take_bytes(wiring: Wiring, data: bytes) -> tuple[Taken, bool]:
    """Take the events of a text; say also whether it was a batch."""
    events, is_batch = split_events(data)
    return take_events(wiring, events), is_batch


def take_file(wiring: Wiring, path: Path, *, namespace: str = "") -> Taken:
    """Take a file of events, or a dbt project by its `target` folder or manifest.

    `namespace` is that of the data sets of dbt (`postgres://host:5432`): its manifest does not say where the
    warehouse is.
    """
    manifest = path / MANIFEST if path.is_dir() else path
    data = _read(manifest)
    if manifest.name == MANIFEST or b'"dbt_schema_version"' in data[:4096]:
        from meshwright.app.dbt import take_dbt

        catalog = manifest.parent / CATALOG
        facts, notes = take_dbt(
            wiring, manifest, data, _read(catalog) if catalog.is_file() else b"", namespace
        )
        taken = Taken(received=len(facts), notes=notes)
        _record(wiring, facts, taken)
        return taken
    return take_bytes(wiring, data)[0]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(
                "file-too-large",
                f"`{path}` is larger than {MOST_BYTES // 1024 // 1024} MB",
                hint="split it: events are taken in any number of files",
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreachableError(
            "file-unreadable",
            f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}",
            hint="a file of events, or the `target` folder of a dbt project",
        ) from None


def _record(wiring: Wiring, facts: Sequence[ExternalRunSeen], taken: Taken) -> None:
    """Record what says something new, some facts a transaction."""
    for start in range(0, len(facts), _CHUNK):
        with wiring.store.write() as writer:
            for fact in facts[start : start + _CHUNK]:
                if not is_new(writer, fact):
                    taken.known += 1
                    continue
                wiring.ledger.append(writer, [fact])
                taken.recorded += 1
                taken.jobs.append(fact.job)
    taken.jobs = list(dict.fromkeys(taken.jobs))
