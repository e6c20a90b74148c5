"""What people say of products: questions, answers, announcements, fields, and changes that they propose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshwright.model.facts.fact import Fact
from meshwright.model.json_value import Json


@dataclass(frozen=True, slots=True)
class QuestionAsked(Fact):
    """Somebody asks about a product, a port or a column."""

    product: str
    question: str
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered(Fact):
    """Somebody answers."""

    product: str
    question: str
    answer: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerAccepted(Fact):
    """Who asked, or an owner, says that this is the answer."""

    product: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class QuestionClosed(Fact):
    """A question is settled, or beside the point; nobody answers it any more."""

    product: str
    question: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnnouncementMade(Fact):
    """An owner tells whoever looks at a product something, until the end of a day ('': until it is ended)."""

    product: str
    announcement: str
    text: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class AnnouncementEnded(Fact):
    """An announcement is over before its day."""

    product: str
    announcement: str


@dataclass(frozen=True, slots=True)
class FieldSaid(Fact):
    """Somebody says what a descriptor leaves open. `value`: a text, or texts; empty: they take it back."""

    product: str
    address: str
    field: str  # description, tags, terms
    value: Json


@dataclass(frozen=True, slots=True)
class ChangeProposed(Fact):
    """Somebody proposes other files. `files`: path in the mesh, digests before ('': new) and after.

    `branch` and `commit` are those of git; '' where the mesh is in no repository.
    """

    product: str
    proposal: str
    title: str
    files: Sequence[Mapping[str, Json]]
    branch: str = ""
    commit: str = ""
    address: str = ""
    field: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProposalEnded(Fact):
    """A proposal is over. `state`: merged, applied or withdrawn."""

    product: str
    proposal: str
    state: str
    note: str = ""
