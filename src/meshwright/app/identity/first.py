"""The first administrator of a mesh that is served: made once, with a password that nobody chose."""

from dataclasses import dataclass

from meshwright.app.identity import credentials
from meshwright.app.identity.managing import Manager
from meshwright.app.identity.principals import LOCAL, Record, was_removed
from meshwright.app.identity.users import administrators, say
from meshwright.app.wiring import Wiring
from meshwright.identity import passwords
from meshwright.model.facts import PasswordChanged
from meshwright.model.principal import ADMINISTRATOR

NAME = "person:admin"


@dataclass(frozen=True, slots=True, repr=False)
class FirstAdministrator:
    """Who was made, and the password, which is told now and kept nowhere."""

    name: str
    password: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what to print, once."""
        return (
            "this mesh had no administrator: one was made",
            f"  name      {self.name}",
            f"  password  {self.password}",
            "it is not shown again; `mesh user password` sets another one",
        )


def ensure_administrator(wiring: Wiring) -> FirstAdministrator | None:
    """Make an administrator where there is none; None where there is one."""
    with wiring.store.read() as reader:
        if administrators(wiring, reader):
            return None
    password = passwords.new_password()
    digest = passwords.hash_password(password)
    who = Manager.of(wiring.origin)
    with wiring.store.write() as writer:
        if administrators(wiring, writer):
            return None  # another process was first
        name = NAME if not was_removed(writer, NAME) else f"{NAME}-{passwords.new_suffix()}"
        say(wiring, writer, who, Record(name, "", (), (ADMINISTRATOR,), {}, LOCAL, ""))
        (entry,) = wiring.ledger.append(writer, [PasswordChanged(name, who.name)], actor=who.actor)
        credentials.keep(writer, name, credentials.PASSWORD, digest, at=entry.at)
    return FirstAdministrator(name, password)
