"""Documents by file, through the cache: a file that has not changed is neither parsed nor judged again."""

import os
from pathlib import Path

from meshwright.documents.document import Document, document_from_json, document_to_json
from meshwright.model.exact import dumps, loads
from meshwright.model.problem import Place, Problem
from meshwright.spi.cache import Cache

SECTION = "descriptors"
SECRET = "secret-in-file"  # the code of that problem
_BATCH = 2_000


class DocumentStore:
    """Reads descriptors of one mesh. `form` changes when the cached form does."""

    def __init__(self, root: Path, cache: Cache | None, form: str) -> None:
        self._root = str(root)
        self._cache = cache
        self._form = form
        self._pending: dict[str, bytes] = {}

    def path(self, file: str) -> str:
        """Return the path of a file that is named relative to the mesh."""
        return os.path.join(self._root, file)

    def document(self, file: str, stamp: tuple[int, int], kind: str) -> Document:
        """Return a judged document; from the cache where the file still has this stamp."""
        document = self._cached(file, stamp, kind)
        if document is None:
            document = self._read(file, kind)
            if self._cache is not None and not _holds_secret(document):
                value = {**document_to_json(document), "stamp": [self._form, *stamp]}
                self._pending[file] = dumps(value).encode()
                if len(self._pending) >= _BATCH:
                    self.flush()
        return document

    def text(self, file: str) -> str:
        """Return the text of a file that is no descriptor."""
        with open(self.path(file), "rb") as opened:
            return opened.read().decode("utf-8-sig")

    def flush(self) -> None:
        """Write what was read since to the cache."""
        if self._pending and self._cache is not None:
            self._cache.put(SECTION, self._pending)
            self._pending = {}

    def _cached(self, file: str, stamp: tuple[int, int], kind: str) -> Document | None:
        if self._cache is None:
            return None
        stored = self._pending.get(file) or self._cache.get(SECTION, file)
        if stored is None:
            return None
        value = loads(stored)
        if value["stamp"] != [self._form, *stamp] or value["kind"] != kind:
            return None
        document = document_from_json(file, value)
        document.locate = lambda path, of_key: self._line_at(file, path, of_key)
        return document

    def _line_at(self, file: str, path: tuple[str | int, ...], of_key: bool) -> int:
        from meshwright.documents.yaml_text import line_at

        try:
            with open(self.path(file), "rb") as opened:
                return line_at(opened.read(), path, of_key)
        except OSError:
            return 0

    def _read(self, file: str, kind: str) -> Document:
        from meshwright.documents.judge import read_document

        try:
            with open(self.path(file), "rb") as opened:
                data = opened.read()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            place = Place(file)
            problem = Problem("file-unreadable", f"`{file}` cannot be read: {reason}", place)
            return Document(file, kind, None, problems=[problem])
        return read_document(file, data, kind)


def _holds_secret(document: Document) -> bool:
    """Say whether a secret stands in a file; nothing of it is then copied elsewhere."""
    return any(problem.code == SECRET for problem in document.problems)
