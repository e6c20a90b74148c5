"""Where a field comes from: the descriptor, a person, or what was inferred; and which of them is shown.

What must stay true: a descriptor goes before a person, a person before what was inferred; nothing is dropped:
what a person said and a descriptor now says otherwise is kept beside it, as superseded.
"""

from dataclasses import dataclass

DESCRIPTOR, PERSON, INFERRED = "descriptor", "person", "inferred"
DESCRIPTION, TAGS, TERMS = FIELDS = ("description", "tags", "terms")

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One word on a field: of a descriptor (`file`, `line`), a person (`by`, `at`), or a guess (`reason`)."""

    value: Value
    source: str
    file: str = ""
    line: int = 0
    by: str = ""
    at: str = ""
    reason: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the value as texts."""
        return (
            self.value if isinstance(self.value, tuple) else ((self.value,) if self.value else ())
        )


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an address: the word that counts (None: nobody says anything), and the others.

    `superseded`: what a person said before the descriptor said something else; `place`: where the descriptor
    holds it, or would.
    """

    address: str
    name: str
    shown: Said | None = None
    superseded: Said | None = None
    inferred: Said | None = None
    file: str = ""
    line: int = 0

    @property
    def value(self) -> Value:
        """Return what is shown; empty where nobody says anything."""
        return self.shown.value if self.shown else ("" if self.name == DESCRIPTION else ())

    @property
    def texts(self) -> tuple[str, ...]:
        """Return what is shown, as texts."""
        return self.shown.texts if self.shown else ()

    @property
    def source(self) -> str:
        """Return descriptor, person, inferred, or ''."""
        return self.shown.source if self.shown else ""

    @property
    def is_held(self) -> bool:
        """Say whether the descriptor holds it, so that only a change of the files changes it."""
        return self.source == DESCRIPTOR


def settle(
    address: str,
    name: str,
    descriptor: Said | None,
    person: Said | None = None,
    inferred: Said | None = None,
    file: str = "",
) -> Field:
    """Return a field as it is shown. A word without a value is none."""
    words = [word for word in (descriptor, person, inferred) if word is not None and word.value]
    shown = words[0] if words else None
    is_held = shown is not None and shown.source == DESCRIPTOR
    superseded = person if is_held and person is not None and _differs(person, shown) else None
    guess = inferred if inferred is not None and inferred is not shown else None
    line = descriptor.line if descriptor else 0
    return Field(address, name, shown, superseded, guess, file, line)


def _differs(one: Said, other: Said | None) -> bool:
    return other is not None and set(one.texts) != set(other.texts)
