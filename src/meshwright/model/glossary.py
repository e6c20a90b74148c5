"""Business terms: what words mean in this mesh, and who says so."""

from dataclasses import dataclass

SCHEME = "glossary:"  # of the URL by which a contract's `authoritativeDefinitions` names a term


@dataclass(frozen=True, slots=True)
class Term:
    """A word with one meaning. `domain` is '' for a term of the whole mesh; `file` is relative to it."""

    name: str
    definition: str
    owner: str = ""
    title: str = ""
    synonyms: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    domain: str = ""
    file: str = ""
    line: int = 0

    @property
    def words(self) -> tuple[str, ...]:
        """Return all that it is called, folded so that spelling does not count."""
        return tuple(dict.fromkeys(map(fold, (self.name, self.title, *self.synonyms))))


def fold(text: str) -> str:
    """Return a word without letter case, and with `_`, `-` and spaces alike."""
    return " ".join(text.lower().replace("_", " ").replace("-", " ").split())


def term_of(url: str) -> str:
    """Return the term that a definition's URL names; '' where it leads elsewhere."""
    return url.removeprefix(SCHEME) if url.startswith(SCHEME) else ""
