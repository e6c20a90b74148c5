"""Several processes, and one that is killed, leave one whole ledger."""

import subprocess
import sys
from collections.abc import Callable

from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.ledger.ledger import Ledger
from meshwright.ledger.verification import verify
from meshwright.model.facts import QueryRan

_WRITER = """
import sys
from pathlib import Path
from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.ledger.ledger import Ledger
from meshwright.model.facts import PortAudited, QueryRan

store = SQLiteStateStore(Path(sys.argv[1]))
ledger = Ledger(store, sys.argv[2])
for n in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}-{n}"
    metrics = [["c", f"m{m}", m] for m in range(50)]
    entries = ledger.record([
        QueryRan(name, "digest", [], n, 0.1), PortAudited(name, "d.p", "a", 1, False, [], metrics),
    ])
    print(entries[-1].seq, flush=True)
store.close()
"""


def _writer(store: SQLiteStateStore, name: str, number: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(store.folder), name, str(number)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_share_one_chain(
    store: SQLiteStateStore, new_store: Callable[[], SQLiteStateStore]
) -> None:
    """Three processes that record at once are all in the chain, and each fact once."""
    writers = [_writer(store, f"w{n}", 30) for n in range(3)]
    for writer in writers:
        _, errors = writer.communicate(timeout=60)
        assert (writer.returncode, errors) == (0, None)
    verification = verify(store, scratch=new_store())
    assert verification.is_sound
    assert verification.entries == 180


def test_a_killed_writer_leaves_a_whole_ledger(
    store: SQLiteStateStore, new_store: Callable[[], SQLiteStateStore]
) -> None:
    """SIGKILL among commits, several times: what was acknowledged is there, everything verifies."""
    for kill in range(4):
        with _writer(store, f"w{kill}", 100_000) as writer:
            assert writer.stdout is not None
            for _ in range(3 + 5 * kill):
                acknowledged = int(writer.stdout.readline())
            writer.kill()
        with store.read() as reader:
            ((last,),) = reader.rows("SELECT max(seq) FROM facts")
        assert int(str(last)) >= acknowledged
        assert verify(store, scratch=new_store()).is_sound
        Ledger(store, "maria").record([QueryRan(f"after-{kill}", "digest", [], 1, 0.1)])
