"""Questions and answers on products, ports and columns, and what their owners announce.

What must stay true: whoever may know of a product asks and answers; its owners (and who asked) accept an
answer; its owners close and announce.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from meshwright.app.acting import ActingWiring
from meshwright.app.catalog.known import knowing, known
from meshwright.app.catalog.words import spoken
from meshwright.app.identity.verbs import owns
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, RefusedError, UsageError
from meshwright.model.address import Address
from meshwright.model.facts import (
    AnnouncementEnded,
    AnnouncementMade,
    AnswerAccepted,
    Fact,
    QuestionAnswered,
    QuestionAsked,
    QuestionClosed,
)
from meshwright.model.principal import ADMINISTRATOR
from meshwright.spi.state_store import Reader, Row

MOST = 4000  # characters of a question, an answer, an announcement


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    answer: str
    text: str
    by: str
    at: str
    is_accepted: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers, the accepted one first. `state`: open, answered, settled, closed."""

    question: str
    product: str
    address: str
    text: str
    by: str
    at: str
    state: str
    note: str = ""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Announcement:
    """What an owner tells. `until`: the last day that it is shown; '' until it is ended."""

    announcement: str
    product: str
    text: str
    until: str
    by: str
    at: str
    is_over: bool = False


def ask(wiring: Wiring, text: str, question: str) -> Question:
    """Ask about a product, a port or a column."""
    address = known(wiring, text)
    if address.column:
        from meshwright.app.catalog.fields import field_of

        field_of(wiring, str(address), "description")  # raises where there is no such column
    said = spoken(question, "a question", MOST)
    with wiring.store.write() as writer:
        name = f"question-{_number(writer, 'questions')}"
        fact = QuestionAsked(str(address.product_address), name, str(address), said)
        wiring.ledger.append(writer, [fact])
        return _one(writer, name)


def answer(wiring: Wiring, question: str, text: str) -> Question:
    """Answer a question; raise `RefusedError` (`question-closed`)."""
    said = spoken(text, "an answer", MOST)
    with wiring.store.write() as writer:
        found = _known(wiring, writer, question)
        _require_open(found)
        name = f"answer-{_number(writer, 'answers')}"
        wiring.ledger.append(writer, [QuestionAnswered(found.product, found.question, name, said)])
        return _one(writer, found.question)


def accept_answer(wiring: Wiring, question: str, answer: str) -> Question:
    """Say that an answer is the one; raise `UsageError` (`answer-unknown`)."""
    with wiring.store.write() as writer:
        found = _known(wiring, writer, question)
        _require_open(found)
        if found.by != wiring.actor:
            require_owner(wiring, Address.parse(found.product), "accept an answer")
        if answer not in {one.answer for one in found.answers}:
            raise UsageError("answer-unknown", f"`{found.question}` has no answer `{answer[:60]}`")
        wiring.ledger.append(writer, [AnswerAccepted(found.product, found.question, answer)])
        return _one(writer, found.question)


def close(wiring: Wiring, question: str, note: str = "") -> Question:
    """Close a question: nobody answers it any more."""
    with wiring.store.write() as writer:
        found = _known(wiring, writer, question)
        _require_open(found)
        require_owner(wiring, Address.parse(found.product), "close a question")
        said = spoken(note, "a note", MOST, is_needed=False)
        wiring.ledger.append(writer, [QuestionClosed(found.product, found.question, said)])
        return _one(writer, found.question)


def questions(
    wiring: Wiring, text: str = "", *, closed: bool = False, limit: int = 200
) -> tuple[Question, ...]:
    """Return the questions on an address and what is in it (on all, without one), the newest first."""
    where, values = ["1"], list[str]()
    if text:
        address = str(known(wiring, text))
        where.append("(address = ? OR (address >= ? AND address < ?))")
        values += [address, f"{address}.", f"{address}/"]
    if not closed:
        where.append("state <> 'closed'")
    may = knowing(wiring)
    with wiring.store.read() as reader:
        rows = reader.rows(f"{_QUESTIONS} WHERE {' AND '.join(where)} ORDER BY at DESC", values)
        found = [row for row in rows if may.of(str(row[1]))][:limit]
        return tuple(_question(reader, row) for row in found)


def announce(wiring: Wiring, text: str, words: str, until: str = "") -> Announcement:
    """Tell whoever looks at a product something, until the end of a day (`day-invalid` where it is none)."""
    product = known(wiring, text).product_address
    require_owner(wiring, product, "announce")
    said, last = spoken(words, "an announcement", MOST), _day(wiring, until)
    with wiring.store.write() as writer:
        name = f"announcement-{_number(writer, 'product_announcements')}"
        wiring.ledger.append(writer, [AnnouncementMade(str(product), name, said, last)])
        return _announcements(writer, wiring, "announcement = ?", [name])[0]


def recall(wiring: Wiring, announcement: str) -> Announcement:
    """Show an announcement no more; raise `UsageError` (`announcement-unknown`)."""
    with wiring.store.write() as writer:
        found = _announcements(writer, wiring, "announcement = ?", [announcement])
        if not found or not knowing(wiring).of(found[0].product):
            raise UsageError(
                "announcement-unknown", f"there is no announcement `{announcement[:60]}`"
            )
        product = Address.parse(found[0].product)
        require_owner(wiring, product, "end an announcement")
        facts: list[Fact] = [AnnouncementEnded(str(product), announcement)]
        if not found[0].is_over:
            wiring.ledger.append(writer, facts)
        return _announcements(writer, wiring, "announcement = ?", [announcement])[0]


def announcements(
    wiring: Wiring, text: str = "", *, over: bool = False
) -> tuple[Announcement, ...]:
    """Return what is announced of a product (of all, without one), the newest first."""
    may = knowing(wiring)
    where, values = "1", list[str]()
    if text:
        where, values = "product = ?", [str(known(wiring, text).product_address)]
    with wiring.store.read() as reader:
        found = _announcements(reader, wiring, where, values)
    return tuple(one for one in found if (over or not one.is_over) and may.of(one.product))


def is_owner(wiring: Wiring, product: Address) -> bool:
    """Say whether whoever acts speaks for a product: an owner, or who administers the mesh."""
    if not isinstance(wiring, ActingWiring):
        return True
    principal = wiring.principal()
    return ADMINISTRATOR in principal.roles or owns(wiring, principal, product)


def require_owner(wiring: Wiring, product: Address, verb: str) -> None:
    """Raise `DeniedError` (`not-an-owner`) for anybody else than who speaks for a product."""
    if not is_owner(wiring, product):
        raise DeniedError(
            "not-an-owner",
            f"`{wiring.actor}` may not {verb}: `{product}` is not theirs",
            hint="its owners and whoever is administrator may",
        )


_QUESTIONS = "SELECT question, product, address, text, asked_by, at, state, note FROM questions"


def _known(wiring: Wiring, reader: Reader, question: str) -> Question:
    """Return a question, named whole or by its number, on a product that whoever acts may know of."""
    name = question.strip().removeprefix("#")
    whole = f"question-{name}" if name.isdigit() else name
    rows = reader.rows(f"{_QUESTIONS} WHERE question = ?", (whole,))
    if not rows or not knowing(wiring).of(str(rows[0][1])):
        raise UsageError("question-unknown", f"there is no question `{question[:60]}`")
    return _question(reader, rows[0])


def _one(reader: Reader, question: str) -> Question:
    return _question(reader, reader.rows(f"{_QUESTIONS} WHERE question = ?", (question,))[0])


def _question(reader: Reader, row: Row) -> Question:
    name, product, address, text, by, at, state, note = map(str, row)
    rows = reader.rows(
        "SELECT answer, text, answered_by, at, is_accepted FROM answers WHERE question = ?"
        " ORDER BY is_accepted DESC, at",
        (name,),
    )
    answers = tuple(Answer(str(a), str(b), str(c), str(d), bool(e)) for a, b, c, d, e in rows)
    return Question(name, product, address, text, by, at, state, note, answers)


def _require_open(question: Question) -> None:
    if question.state == "closed":
        raise RefusedError(
            "question-closed", f"`{question.question}` is closed", hint="ask another question"
        )


def _announcements(
    reader: Reader, wiring: Wiring, where: str, values: Sequence[str]
) -> list[Announcement]:
    rows = reader.rows(
        "SELECT announcement, product, text, until, announced_by, at, ended_at FROM product_announcements"
        f" WHERE {where} ORDER BY at DESC",
        values,
    )
    today = wiring.now().astimezone(ZoneInfo(wiring.mesh.timezone)).date().isoformat()
    return [
        Announcement(
            str(name), str(product), str(text), str(until), str(by), str(at),
            bool(ended) or bool(until and str(until) < today),
        )
        for name, product, text, until, by, at, ended in rows
    ]  # fmt: skip


def _day(wiring: Wiring, until: str) -> str:
    if not until.strip():
        return ""
    try:
        day = date.fromisoformat(until.strip())
    except ValueError:
        raise UsageError(
            "day-invalid", f"`{until[:40]}` is not a day", hint="as 2026-01-31"
        ) from None
    if day < wiring.now().astimezone(ZoneInfo(wiring.mesh.timezone)).date():
        raise UsageError("day-invalid", f"`{day}` is over already", hint="name a day to come")
    return day.isoformat()


def _number(reader: Reader, table: str) -> int:
    return int(str(reader.rows(f"SELECT count(*) FROM {table}")[0][0])) + 1
