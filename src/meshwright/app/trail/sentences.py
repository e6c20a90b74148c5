"""A line of the trail as a sentence: who did what, to what, what for, and what came of it."""

from collections.abc import Sequence

from meshwright.app.trail.line import TrailLine
from meshwright.model.counted import counted


def sentence(line: TrailLine) -> str:
    """Say in a sentence what a line tells: who did what, to what, what for, and what came of it."""
    who, by = _plain(line.principal), _plain(line.by)
    purpose = f' for "{line.purpose}"' if line.purpose else ""
    behind = _behind(line)
    what = ", ".join(line.addresses)
    if line.kind == "query":
        return f"{who} {_query(line, what, purpose)}{behind}"
    verb, ending = _VERBS.get(line.fact, (line.kind, ""))
    if line.fact == "ActedAs":
        return f"{by or who} acted as {who}: {' '.join(filter(None, (line.note, what)))}"
    if line.fact == "PrincipalAdded":
        return f"{who} is {line.note}{behind}"
    if by and by != who:
        told = f"{by} {verb} {line.id}".rstrip() + f"{ending}{who}"
    else:
        told = f"{who} {verb} {line.id}".rstrip()
    at = f" at {line.door}" if line.door else ""
    about = f": {what}" if what else ""
    return f"{told}{at}{about}{purpose}{_said(line)}{behind}"


def _said(line: TrailLine) -> str:
    """Return what was said beside, without the word that the verb has said already."""
    note = line.note
    if line.kind == "identity":
        note = note.removeprefix(_SAID_BY_VERB.get(line.fact, "")).lstrip(" ,:")
    said = "; ".join(filter(None, (note, line.error)))
    return f" ({said})" if said else ""


def _behind(line: TrailLine) -> str:
    """Return who typed it, where somebody did: at a door the server's own user did not."""
    is_typed = bool(line.on_behalf_of) and not (line.kind == "sign-in" and line.door != "cli")
    return f" · by {_plain(line.on_behalf_of)}" if is_typed else ""


def _query(line: TrailLine, what: str, purpose: str) -> str:
    if line.error:
        return f"was refused {what}".rstrip() + f"{purpose}: {line.error}{_decided(line)}"
    rows = counted(line.rows, "row") if line.rows is not None else "rows not counted"
    columns = "".join(f", {_columns(names)} {how}" for names, how in (
        (line.raw, "raw"), (line.masked, "masked")) if names)  # fmt: skip
    return f"read {what or 'no port'}{purpose}: {rows} in {_time(line.seconds or 0)}{columns}{_decided(line)}"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _columns(addresses: Sequence[str]) -> str:
    """Name a few columns; count more, for `--format` has them all."""
    names = [address.rpartition(".")[2] for address in addresses]
    return ", ".join(names) if len(names) <= _FEW else f"{len(names)} columns"


def _decided(line: TrailLine) -> str:
    """Name a few of the policies that decided; what no policy says (`default`) goes without saying."""
    named = [name for name in line.policies if name != "default"]
    more = f", {len(named) - _FEW} more" if len(named) > _FEW else ""
    return f" [{', '.join(named[:_FEW])}{more}]" if named else ""


_FEW = 2
# What somebody did, and how whom it is about follows where somebody else did it.
_VERBS = {
    "AccessRequested": ("asked", " for "),
    "RequestEscalated": ("waits for an answer to", " of "),
    "RequestApproved": ("approved", " of "),
    "RequestRefused": ("refused", " of "),
    "AccessGranted": ("granted", " to "),
    "AccessRenewed": ("renewed", " of "),
    "AccessRevoked": ("revoked", " of "),
    "AccessReviewed": ("kept", " of "),
    "SignedIn": ("signed in", " as "),
    "SignedOut": ("signed out", " of "),
    "SignInRefused": ("could not sign in", " as "),
    "ColumnDeclassified": ("declassified", " of "),
    "PrincipalRemoved": ("removed", " "),
    "TokenIssued": ("made token", " of "),
    "TokenRevoked": ("revoked token", " of "),
    "PasswordChanged": ("set the password", " of "),
}
_SAID_BY_VERB = {
    "PrincipalRemoved": "left",
    "TokenIssued": "token",
    "TokenRevoked": "token revoked",
    "PasswordChanged": "password",
}


def _plain(name: str) -> str:
    """Return a name as people say it: a person's without its kind."""
    return name.removeprefix("person:")
