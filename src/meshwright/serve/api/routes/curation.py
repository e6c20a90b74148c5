"""What people say of products over HTTP: questions, announcements, fields, proposed changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from meshwright.app.catalog.discussing import Announcement, Question
from meshwright.app.proposals.judging import Judged
from meshwright.app.proposals.kept import Proposal, proposal_shape
from meshwright.catalog.provenance import Field
from meshwright.model.plan import ContractChange
from meshwright.model.problem import Problem
from meshwright.serve.api.looking import Look, acting, looking
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import page, page_down, paged

Questions = paged(Question, "Questions", "questions")
Announcements = paged(Announcement, "Announcements", "announcements")
FieldsPage = paged(Field, "Fields", "fields")
ANY = dict[str, Any]
Proposals = paged(ANY, "Proposals", "proposals")
ABOUT = Parameter(
    "address", "A product, a port or a column.", place="path", example="sales.orders.orders"
)
OF = Parameter("address", "Only of this product, port or column.", example="sales.orders")
ENDED = Parameter("all", "With what is over.", "boolean")
QUESTION = Parameter("question", "Its id, or its number.", place="path", example="question-7")
ANNOUNCEMENT = Parameter("announcement", "Its id.", place="path", example="announcement-2")
PROPOSAL = Parameter("proposal", "Its id, or its number.", place="path", example="proposal-3")


@dataclass(frozen=True, slots=True)
class AskBody:
    """What to ask, of a product, a port or a column."""

    address: str
    text: str


@dataclass(frozen=True, slots=True)
class TextBody:
    """What to say."""

    text: str


@dataclass(frozen=True, slots=True)
class AcceptAnswerBody:
    """Which answer is the one."""

    answer: str


@dataclass(frozen=True, slots=True)
class CloseBody:
    """Why."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class AnnounceBody:
    """What people should know of a product, and the last day that it is shown ('': until it is ended)."""

    address: str
    text: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class SayBody:
    """`field`: description, tags or terms; `value`: a text, or texts; an empty one takes it back."""

    field: str
    value: str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposeBody:
    """Another value of a field in the descriptor, and why."""

    address: str
    field: str
    value: str | tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal, its patch, and what it would do while it is open."""

    proposal: ANY
    patch: str
    problems: tuple[Problem, ...] = ()
    changes: tuple[ContractChange, ...] = ()


def _fields(look: Look) -> Any:
    found = look.mesh.catalog.fields(look.path()).below(look.path())
    return page(FieldsPage, found, lambda one: f"{one.address} {one.name}", look.words)


def _say(look: Look, said: SayBody) -> Field:
    return look.mesh.catalog.say(look.path(), said.field, said.value)


def _questions(look: Look) -> Any:
    words = look.words
    found = look.mesh.catalog.questions(words.text("address"), closed=words.flag("all"))
    return page_down(Questions, found, lambda one: f"{one.at} {one.question}", words)


def _ask(look: Look, said: AskBody) -> Question:
    return look.mesh.catalog.ask(said.address, said.text)


def _answer(look: Look, said: TextBody) -> Question:
    return look.mesh.catalog.answer(look.path("question"), said.text)


def _accept(look: Look, said: AcceptAnswerBody) -> Question:
    return look.mesh.catalog.accept(look.path("question"), said.answer)


def _close(look: Look, said: CloseBody) -> Question:
    return look.mesh.catalog.close(look.path("question"), said.note)


def _announcements(look: Look) -> Any:
    words = look.words
    found = look.mesh.catalog.announcements(words.text("address"), over=words.flag("all"))
    return page_down(Announcements, found, lambda one: f"{one.at} {one.announcement}", words)


def _announce(look: Look, said: AnnounceBody) -> Announcement:
    return look.mesh.catalog.announce(said.address, said.text, until=said.until)


def _recall(look: Look, said: None) -> Announcement:  # noqa: ARG001
    return look.mesh.catalog.recall(look.path("announcement"))


def _proposals(look: Look) -> Any:
    found = look.mesh.catalog.proposals(ended=look.words.flag("all"))
    shapes = [proposal_shape(one) for one in found]
    return page_down(Proposals, shapes, lambda one: f"{one['at']} {one['proposal']}", look.words)


def _proposal(look: Look) -> ProposalPage:
    return _paged(look, *look.mesh.catalog.proposal(look.path("proposal")))


def _propose(look: Look, said: ProposeBody) -> ProposalPage:
    made = look.mesh.catalog.propose(said.address, said.field, said.value, reason=said.reason)
    return _paged(look, *look.mesh.catalog.proposal(made.proposal))


def _withdraw(look: Look, said: CloseBody) -> ANY:
    return proposal_shape(look.mesh.catalog.withdraw(look.path("proposal"), note=said.note))


def _apply(look: Look, said: None) -> ANY:  # noqa: ARG001
    return proposal_shape(look.mesh.catalog.apply(look.path("proposal")))


def _paged(look: Look, proposal: Proposal, judged: Judged) -> ProposalPage:
    """Return a page that names no reader whom the asker may not know of."""
    changes = tuple(
        replace(one, affected=tuple(hit for hit in one.affected if look.knowing.of(hit.product)))
        for one in judged.changes
    )
    return ProposalPage(proposal_shape(proposal), proposal.patch, judged.problems, changes)


OPERATIONS: Sequence[Operation] = (
    looking("/api/v1/catalog/fields/{address}",
            "List descriptions, tags and terms of an address and what is in it, with where each comes from.",
            FieldsPage, _fields, ABOUT, LIMIT, CURSOR),
    acting("POST", "/api/v1/catalog/fields/{address}", "Say what a descriptor leaves open.",
           SayBody, Field, _say, ABOUT, example={"field": "tags", "value": ["finance"]}),
    looking("/api/v1/catalog/questions", "List questions, the newest first.", Questions, _questions,
            OF, ENDED, LIMIT, CURSOR),
    acting("POST", "/api/v1/catalog/questions", "Ask about a product, a port or a column.", AskBody, Question,
           _ask, scope="", example={"address": "sales.orders", "text": "Are returns in it?"}),
    acting("POST", "/api/v1/catalog/questions/{question}/answers", "Answer a question.", TextBody, Question,
           _answer, QUESTION, scope="", example={"text": "No, they are orders of their own."}),
    acting("POST", "/api/v1/catalog/questions/{question}/accept", "Say that an answer is the one.",
           AcceptAnswerBody, Question, _accept, QUESTION, scope="", example={"answer": "answer-9"}),
    acting("POST", "/api/v1/catalog/questions/{question}/close", "Close a question.", CloseBody, Question,
           _close, QUESTION, scope="", example={"note": "it is in the contract now"}),
    looking("/api/v1/catalog/announcements", "List what owners announce, the newest first.",
            Announcements, _announcements, OF, ENDED, LIMIT, CURSOR),
    acting("POST", "/api/v1/catalog/announcements", "Tell whoever looks at a product something.",
           AnnounceBody, Announcement, _announce, example={"address": "sales.orders", "text": "It moves."}),
    acting("POST", "/api/v1/catalog/announcements/{announcement}/end", "Show an announcement no more.", None,
           Announcement, _recall, ANNOUNCEMENT),
    looking("/api/v1/catalog/proposals", "List proposed changes of descriptors, the newest first.", Proposals,
            _proposals, ENDED, LIMIT, CURSOR),
    acting("POST", "/api/v1/catalog/proposals", "Propose another description, tags or terms.", ProposeBody,
           ProposalPage, _propose, scope="",
           example={"address": "sales.orders", "field": "description", "value": "Every order, once."}),
    looking("/api/v1/catalog/proposals/{proposal}", "Show a proposal, its patch, and what it would do.",
            ProposalPage, _proposal, PROPOSAL),
    acting("POST", "/api/v1/catalog/proposals/{proposal}/withdraw", "End a proposal.", CloseBody,
           ANY, _withdraw, PROPOSAL, scope="", example={"note": "it is wrong"}),
    acting("POST", "/api/v1/catalog/proposals/{proposal}/apply", "Write a proposal into the files.", None,
           ANY, _apply, PROPOSAL, details="They must still be what it was made from; the owners may."),
)  # fmt: skip
