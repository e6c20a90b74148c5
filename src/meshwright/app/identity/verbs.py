"""Which verb of the mesh who may: one table, asked at every door where others act than the mesh's owner.

What must stay true: the owner of the mesh's files is asked nothing; a verb that is not in the table is nobody
else's; no role lets read data. Verbs are named as `mesh` names them, and as the Python façade does.
"""

from collections.abc import Iterator, Mapping

from meshwright.app.acting import ActingWiring
from meshwright.app.order import chosen_of
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, MeshwrightError
from meshwright.identity.names import shown
from meshwright.model.address import Address
from meshwright.model.principal import ADMINISTRATOR, AUDITOR, GOVERNANCE, PERSON, TEAM, Principal

ANYBODY = "anybody"  # what it gives is about the mesh, or it asks itself who may what
OWNERS = "owners"  # whoever owns each product that is named, and its domain's team
Who = tuple[str, ...]

_ALL: Who = (ANYBODY,)
_OWN: Who = (OWNERS,)
_TEND: Who = (OWNERS, ADMINISTRATOR)
_RULE: Who = (ADMINISTRATOR,)

VERBS: Mapping[str, Who] = {
    # reading: data by the governed query, the rest is about the mesh
    **dict.fromkeys(("query", "read", "check", "levels", "plan", "show", "products", "history"), _ALL),
    "search": _ALL,
    "export": _ALL,
    **dict.fromkeys(("search", "alike"), _ALL),
    **dict.fromkeys(("lineage", "lineage show", "health", "impact", "cost", "declassified"), _ALL),
    **dict.fromkeys(("lineage", "lineage show", "lineage graph"), _ALL),
    **dict.fromkeys(("health", "impact", "cost", "declassified"), _ALL),
    **dict.fromkeys(("incidents", "incidents list", "incidents show", "alerts"), _ALL),
    **dict.fromkeys(("monitored ports", "monitors", "monitors list", "monitors backtest"), _ALL),
    **dict.fromkeys(("watched past", "backtest", "score", "score history", "domain scores", "rules"), _ALL),
    **dict.fromkeys(("terms", "terms show", "terms suggest", "term", "suggest terms"), _ALL),
    **dict.fromkeys(("policy list", "policy explain", "policy show", "policy test"), _ALL),
    **dict.fromkeys(("explain rule", "test rules"), _ALL),
    **dict.fromkeys(("subscribe", "subscriptions"), _ALL),
    **dict.fromkeys(("diff", "test", "classify", "classify find"), _OWN),  # show or run over values
    # what changes products
    **dict.fromkeys(("run", "rollback", "vacuum", "mute", "unmute", "new product"), _TEND),
    **dict.fromkeys(("accept", "retire", "declassify", "withdraw declassification"), _OWN),
    **dict.fromkeys(("classify accept", "classify refuse"), _OWN),
    **dict.fromkeys(("incidents ack", "incidents acknowledge", "incidents comment"), _TEND),
    **dict.fromkeys(("incidents mark", "incidents resolve", "incidents reopen"), _TEND),
    # what changes the mesh
    **dict.fromkeys(("new domain", "unsubscribe", "alerts test", "observe", "observe once"), _RULE),
    **dict.fromkeys(("lineage import", "lineage send", "import lineage", "send lineage"), _RULE),
    "policy add": (ADMINISTRATOR, GOVERNANCE),
    **dict.fromkeys(("ledger list", "ledger verify"), (ADMINISTRATOR, AUDITOR)),
    **dict.fromkeys(("ledger entries",), (ADMINISTRATOR, AUDITOR)),
    **dict.fromkeys(("ledger rebuild", "ledger checkpoint"), _RULE),
    # what the owner of the files alone does: these read and write beside the mesh
    **dict.fromkeys(("init", "demo", "schema", "scan", "serve", "login", "logout"), ()),
    # who there is: each asks itself
    "whoami": _ALL,
    "open": _ALL,
    "mcp": _ALL,  # each of its tools is judged
    **dict.fromkeys((f"user {word}" for word in ("add", "remove", "password", "role")), _ALL),
    **dict.fromkeys(("user list", "user show"), (ADMINISTRATOR, GOVERNANCE, AUDITOR)),
    **dict.fromkeys((f"team {word}" for word in ("add", "list", "show", "remove", "remove-member")), _ALL),
    **dict.fromkeys((f"token {word}" for word in ("create", "list", "revoke")), _ALL),
    # who may read what: each asks itself
    **dict.fromkeys(
        (
            f"access {word}"
            for word in (
                "explain", "who", "what", "test", "request", "requests", "approve", "refuse", "revoke",
                "renew", "grants", "review", "keep", "plan", "apply", "export", "withdraw", "import", "rules",
            )
        ),
        _ALL,
    ),
    **dict.fromkeys(("access waiting", "access story", "access prospect"), _ALL),
    **dict.fromkeys(("access askable", "access reading", "access policies"), _ALL),
    # what people say of products: each asks itself, so that what is hidden stays so
    **dict.fromkeys(
        (
            f"catalog {word}"
            for word in (
                "ask", "answer", "accept", "close", "questions", "announce", "recall",
                "announcements", "fields", "field", "say", "propose", "proposals",
                "proposal", "withdraw", "apply",
            )
        ),
        _ALL,
    ),
    **dict.fromkeys((f"webhook {word}" for word in ("add", "list", "remove", "test")), _ALL),
    **dict.fromkeys(
        ("propose", "proposals", "proposals show", "proposals apply", "proposals withdraw"), _ALL
    ),
    "trail": _ALL,
    "verify trail": _ALL,
    # queries that people keep: each asks itself
    **dict.fromkeys(("queries list", "queries show", "queries past"), _ALL),
    **dict.fromkeys(("queries save", "queries share", "queries delete"), _ALL),
}  # fmt: skip

_SPEAKING = ("accept", "declassify", "withdraw declassification", "classify refuse")
_NAMED = ("address", "product", "before", "after", "incident", "select")


def judge(acting: ActingWiring, verb: str, named: Mapping[str, object]) -> Principal:
    """Return who acts, where they may do a verb with what is named; else raise `DeniedError`.

    `named` are the arguments of the verb by their names. Codes: `principal-unknown`, `verb-denied`.
    """
    principal = acting.principal()
    who = VERBS.get(verb, ())
    _require_own_word(principal, verb, named)
    if ANYBODY in who or set(who) & set(principal.roles):
        return principal
    if OWNERS in who:
        foreign = next(_foreign(acting, principal, named), None)
        if foreign is None:
            return principal
        raise _denied(principal, verb, _hint(acting, who, foreign), foreign)
    raise _denied(principal, verb, _hint(acting, who, ""))


def require(wiring: Wiring, verb: str, **named: object) -> None:
    """Raise `DeniedError` where whoever acts may not do a verb; for what the façade has no method of."""
    if isinstance(wiring, ActingWiring):
        judge(wiring, verb, named)


def refusal(wiring: Wiring, verb: str, named: Mapping[str, object]) -> DeniedError | None:
    """Return why whoever acts may not do a verb with what is named, and who may; None where they may."""
    if not isinstance(wiring, ActingWiring):
        return None
    try:
        judge(wiring, verb, named)
    except DeniedError as error:
        return error
    return None


def address_of(named: Mapping[str, object]) -> str:
    """Return what a verb is about, for the trail: addresses, never another argument's value."""
    words = [word for key in _NAMED for word in _words(named.get(key))]
    return " ".join(shown(word) for word in words)[:400]


def owns(acting: ActingWiring, principal: Principal, address: Address) -> bool:
    """Say whether somebody owns a product or domain, or is in the domain's team."""
    if f"{TEAM}:{address.domain}" in principal.teams:
        return True
    if principal.kind != PERSON or not address.product:  # owners in descriptors are people
        return False
    return principal.id in graph_of(acting).owners(address.product_address)


def may_see_rows(wiring: Wiring, address: Address) -> bool:
    """Say whether who acts may see rows of a product's build: the owner of the files, or of the product."""
    return not isinstance(wiring, ActingWiring) or owns(wiring, wiring.principal(), address)


def _foreign(
    acting: ActingWiring, principal: Principal, named: Mapping[str, object]
) -> Iterator[str]:
    """Yield what is named and is not theirs; something is, where nothing is named."""
    found = list(_addresses(acting, named))
    if not found:
        yield "the whole mesh"
    for text in found:
        address = _parsed(text)
        if address is None or not owns(acting, principal, address):
            yield f"`{shown(text)}`"


def _addresses(acting: ActingWiring, named: Mapping[str, object]) -> Iterator[str]:
    for key in _NAMED:
        words = _words(named.get(key))
        if key == "select" and key in named:
            yield from map(str, chosen_of(acting, words))
        elif key == "incident" and words:
            yield _product_of(acting, words[0])
        else:
            yield from words


def _product_of(acting: ActingWiring, incident: str) -> str:
    from meshwright.app.incident_desk import find_incident

    with acting.store.read() as reader:
        found = find_incident(reader, incident)
        rows = reader.rows("SELECT product FROM incidents WHERE incident = ?", [found])
    return str(rows[0][0])


def _parsed(text: str) -> Address | None:
    try:
        return Address.parse(text)
    except MeshwrightError:
        return None


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(map(str, value)) if isinstance(value, tuple | list) else ()


def _require_own_word(principal: Principal, verb: str, named: Mapping[str, object]) -> None:
    """Let nobody give the word of another owner."""
    owner = named.get("owner")
    if verb in _SPEAKING and owner and owner not in (principal.id, principal.name):
        raise DeniedError(
            "verb-denied",
            f"`{principal.name}` cannot give the word of `{shown(str(owner))}`",
            hint="leave out --owner: whoever acts speaks",
        )


def _hint(acting: ActingWiring, who: Who, foreign: str) -> str:
    able = []
    if OWNERS in who:
        address = _parsed(foreign.strip("`"))
        owners = graph_of(acting).owners(address.product_address) if address else ()
        able.append(f"its owners ({', '.join(owners)})" if owners else "its owners")
    roles = [role for role in who if role != OWNERS]
    if roles:
        able.append(f"whoever is {' or '.join(filter(None, (', '.join(roles[:-1]), roles[-1])))}")
    return f"{' and '.join(able)} may" if able else "only the owner of the mesh's files may"


def _denied(principal: Principal, verb: str, hint: str, what: str = "") -> DeniedError:
    about = f" {what}" if what else ""
    done = f"do `{verb}`" if " " in verb else verb  # two words are a command, no verb of English
    return DeniedError("verb-denied", f"`{principal.name}` may not {done}{about}", hint=hint)
