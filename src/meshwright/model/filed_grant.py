"""A grant as a file of the mesh writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshwright.model.problem import Place


@dataclass(frozen=True, slots=True)
class FiledGrant:
    """One entry of `access/*.yaml`. It ends with the day `until`, or `lasting` after it was first applied."""

    principal: str
    address: str
    purpose: str
    until: str = ""
    lasting: str = ""
    columns: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    masks: Mapping[str, str] = field(default_factory=dict)
    filter: str = ""
    file: str = ""
    line: int = 0
    index: int = 0

    @property
    def source(self) -> str:
        """Return where a grant says that it comes from."""
        return f"file:{self.file}"

    @property
    def place(self) -> Place:
        """Return where it stands."""
        return Place(self.file, self.line)

    @property
    def key(self) -> str:
        """Return its key within the file."""
        return f"grants[{self.index}]"
