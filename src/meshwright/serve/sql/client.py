"""Who signed in, and what of them is looked at again at each query."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from meshwright.app.identity.proving import Proven
from meshwright.model.principal import Asker
from meshwright.serve.sql.faults import WireError

DOOR = "sql"

FindVerifier = Callable[
    [str], "tuple[str, Proven] | None"
]  # login -> SCRAM verifier and whose it is
Refused = Callable[[str, str], None]  # login and reason, for the trail


@dataclass(slots=True)
class Client:
    """A signed-in client: `startup` is what it said, `verifier` what its password was held against."""

    login: str
    database: str
    startup: Mapping[str, str]
    proven: Proven
    verifier: str
    find_verifier: FindVerifier

    def asker(self) -> Asker:
        """Return who asks, as they are known now; raise `WireError` where the token holds no longer."""
        name = self.proven.principal.name
        found = self.find_verifier(
            f"{name}/{self.proven.token}" if self.proven.token else self.login
        )
        if found is None or found[0] != self.verifier:
            raise WireError("28P01", "the token of this session holds no longer", fatal=True)
        self.proven = found[1]
        return Asker(self.proven.principal, self.proven.purpose, door=DOOR)
