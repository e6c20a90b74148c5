"""The queries that run now, at whichever door: ended all at once when the server ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from meshwright.app.governed.answer import Answer
from meshwright.errors import ExhaustedError


class RunningQueries:
    """Answers whose rows are being sent. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: dict[str, Answer] = {}
        self._is_over = False

    def begin(self, answer: Answer) -> None:
        """Keep an answer until `end`; raise `ExhaustedError` (`server-stopping`) where it came too late."""
        with self._lock:
            if not self._is_over:
                self._answers[answer.query] = answer
                return
        answer.close("server-stopping")
        raise ExhaustedError("server-stopping", "the server is being stopped")

    def end(self, answer: Answer, error: str = "") -> None:
        """Close an answer and forget it."""
        with self._lock:
            self._answers.pop(answer.query, None)
        answer.close(error)

    @contextmanager
    def kept(self, answer: Answer) -> Iterator[Answer]:
        """Keep an answer while its rows are read."""
        self.begin(answer)
        try:
            yield answer
        except BaseException as error:
            self.end(answer, getattr(error, "code", type(error).__name__))
            raise
        else:
            self.end(answer)

    def cancel(self, query: str) -> bool:
        """Stop one query by its id; say whether it ran."""
        with self._lock:
            answer = self._answers.get(query)
        if answer is not None:
            answer.cancel()
        return answer is not None

    def stop(self) -> None:
        """Stop every query, and let none begin."""
        with self._lock:
            self._is_over = True
            answers = list(self._answers.values())
        for answer in answers:
            answer.cancel()

    def __len__(self) -> int:
        with self._lock:
            return len(self._answers)
