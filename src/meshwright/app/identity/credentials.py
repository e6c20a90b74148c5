"""The secrets beside the ledger: written in the transaction of the fact that says so, and gone with it.

They are not made again from facts: a mesh whose projections are rebuilt keeps them.
"""

from meshwright.spi.state_store import Reader, Writer

PASSWORD, TOKEN = "password", "token"


def keep(writer: Writer, name: str, kind: str, digest: str, verifier: str = "", *, at: str) -> None:
    """Keep what proves a principal (a password) or is a token, instead of what was kept before."""
    writer.run(
        "INSERT INTO credentials (id, kind, digest, verifier, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id, kind) DO UPDATE SET digest = excluded.digest, verifier = excluded.verifier,"
        " at = excluded.at, used_at = ''",
        [name, kind, digest, verifier, at],
    )


def erase(writer: Writer, name: str, kind: str) -> None:
    """Forget a password or a token."""
    writer.run("DELETE FROM credentials WHERE id = ? AND kind = ?", [name, kind])


def erase_all(writer: Writer, principal: str) -> None:
    """Forget the password and every token of a principal."""
    erase(writer, principal, PASSWORD)
    writer.run(
        "DELETE FROM credentials WHERE kind = ? AND id IN"
        " (SELECT token FROM tokens WHERE principal = ?)",
        [TOKEN, principal],
    )


def has_password(reader: Reader, principal: str) -> bool:
    """Say whether a principal can sign in with a password."""
    sql = "SELECT 1 FROM credentials WHERE id = ? AND kind = ?"
    return bool(reader.rows(sql, [principal, PASSWORD]))
