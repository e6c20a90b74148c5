"""Choose the adapters of one mesh and make each thing once, when it is first needed.

Nothing heavy is imported before its property is read: a run in which nothing changed must never load an
engine, a SQL parser or a YAML reader.
"""

import getpass
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from meshwright.documents.workspace import Workspace, open_workspace
from meshwright.ledger import Ledger
from meshwright.model.facts import Json
from meshwright.model.mesh import Mesh
from meshwright.model.product import Product
from meshwright.publish.places import Storage
from meshwright.spi import plugins
from meshwright.spi.cache import Cache
from meshwright.spi.checkpoint_sink import CheckpointSink
from meshwright.spi.engine import Engine
from meshwright.spi.sql_reader import SqlReader
from meshwright.spi.state_store import StateStore
from meshwright.spi.table_store import TableStore

Load = Callable[[str, str], Any]


class Wiring:
    """The parts of one opened mesh."""

    def __init__(self, root: Path, environment: str = "", load: Load = plugins.load) -> None:
        self.root = root
        self.environment = environment
        self._load = load
        self._engines: dict[str, Engine] = {}
        self._lock = Lock()

    @cached_property
    def actor(self) -> str:
        """Return who acts: on one's own machine, the operating-system user owns the mesh."""
        try:
            return f"person:{getpass.getuser()}"
        except (OSError, KeyError):
            return f"person:uid-{os.getuid()}"

    @cached_property
    def workspace(self) -> Workspace:
        """Return the descriptors, scanned once."""
        return open_workspace(
            self.root, self.cache, environment=self.environment, enrich=self._enrich
        )
