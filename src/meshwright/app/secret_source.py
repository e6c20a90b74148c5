"""A source whose options hold secrets: opened with them, and heard without them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from meshwright.app.secrets import Secrets
from meshwright.errors import MeshwrightError
from meshwright.model.product import SourceSpec
from meshwright.model.secret import references
from meshwright.model.table import Column
from meshwright.spi.engine import ArrowStream
from meshwright.spi.source import Reading, RejectedRow, Source, SourceFactory, SourceItem


def has_secrets(spec: SourceSpec) -> bool:
    """Say whether any option refers to a secret."""
    return any(
        isinstance(value, str) and next(references(value), None) is not None
        for value in spec.options.values()
    )


def open_with_secrets(factory: SourceFactory, spec: SourceSpec, secrets: Secrets) -> Source:
    """Open a source with its secrets filled in; what it says never holds one."""
    options = {
        name: secrets.fill(value) if isinstance(value, str) else value
        for name, value in spec.options.items()
    }
    with _heard(secrets):
        return SecretSource(factory(replace(spec, options=options)), secrets)


@contextmanager
def _heard(secrets: Secrets) -> Iterator[None]:
    try:
        yield
    except MeshwrightError as error:
        said = secrets.hidden(error)
        raise said from None


class SecretSource:
    """Passes every call on, and hides secrets in errors, names and rejected rows."""

    def __init__(self, source: Source, secrets: Secrets) -> None:
        self._source = source
        self._secrets = secrets

    def watched(self) -> tuple[str, ...]:
        """Return what to watch; see `Source`."""
        with _heard(self._secrets):
            return self._source.watched()

    def items(self) -> tuple[SourceItem, ...]:
        """List what is there; see `Source`."""
        with _heard(self._secrets):
            return self._source.items()

    def digest(self, item: SourceItem) -> str:
        """Return a digest; see `Source`."""
        with _heard(self._secrets):
            return self._source.digest(item)

    def columns(self, items: Sequence[SourceItem]) -> tuple[Column, ...]:
        """Return columns; see `Source`."""
        with _heard(self._secrets):
            return self._source.columns(items)

    def read(self, items: Sequence[SourceItem], columns: Sequence[Column]) -> Reading:
        """Read rows; see `Source`."""
        with _heard(self._secrets):
            return _SecretReading(self._source.read(items, columns), self._secrets)


class _SecretReading:
    def __init__(self, reading: Reading, secrets: Secrets) -> None:
        self._reading = reading
        self._secrets = secrets

    def stream(self) -> ArrowStream:
        with _heard(self._secrets):
            return self._reading.stream()

    def rejected(self) -> Sequence[RejectedRow]:
        hide = self._secrets.hide
        return [replace(row, error=hide(row.error)) for row in self._reading.rejected()]

    def rejected_count(self) -> int:
        return self._reading.rejected_count()

    def close(self) -> None:
        self._reading.close()
