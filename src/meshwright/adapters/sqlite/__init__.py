"""SQLite: the embedded state store (`state.db`) and cache (`cache.db`) of a mesh.

Importing this costs `sqlite3` and nothing else; locks and migrations import their library when used.
"""

from meshwright.adapters.sqlite.cache import SQLiteCache
from meshwright.adapters.sqlite.state_store import SQLiteStateStore

__all__ = ["SQLiteCache", "SQLiteStateStore"]
