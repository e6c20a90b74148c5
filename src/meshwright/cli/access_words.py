"""How requests and grants look to people."""

from collections.abc import Sequence
from typing import Any

from meshwright.cli import console
from meshwright.model.counted import counted

Shape = dict[str, Any]


def listed(text: str) -> tuple[str, ...]:
    """Return what stands between commas."""
    return tuple(filter(None, (one.strip() for one in text.split(","))))


def tell_request(done: Shape) -> None:
    """Say how a request stands now."""
    what = f"{done['request']} of {done['principal']} for {done['address']}"
    if "grant" in done:
        console.put(f"{what} is approved")
        tell_grant(done["grant"])
    elif done["state"] == "open":
        agreed = f", {counted(done['level'], 'level')} agreed" if done["level"] else ""
        console.put(f"{what} is open{agreed}; asked are: {_names(done['asked_now'])}")
    else:
        console.put(f"{what} is {done['state']}")


def tell_grant(grant: Shape) -> None:
    """Say what a grant gives, and until when."""
    until = f" until {day(grant['until'])}" if grant["until"] else ""
    state = "" if grant["state"] == "active" else f", {grant['state']}"
    console.put(
        f"{grant['grant']}: {grant['principal']} may read {grant['address']}"
        f' for "{grant["purpose"]}"{until}{_given(grant)}{state}'
        if not state
        else f"{grant['grant']}: {grant['principal']}, {grant['address']}{state}"
    )


def show_requests(found: Sequence[Shape]) -> None:
    """List requests."""
    if not found:
        console.put("no request")
        return
    from meshwright.cli import tables

    rows = [
        (
            one["request"],
            one["principal"],
            one["address"],
            one["purpose"],
            f"{one['days']}d",
            tables.status(one["state"]),
            _names(one["asked_now"]),
            day(one["at"]),
        )
        for one in found
    ]
    headers = ("request", "who", "address", "purpose", "for", "state", "asked now", "since")
    tables.out().print(tables.table(headers, rows))


def show_grants(found: Sequence[Shape]) -> None:
    """List grants."""
    if not found:
        console.put("no grant")
        return
    from meshwright.cli import tables

    rows = [
        (
            one["grant"],
            one["principal"],
            one["address"],
            one["purpose"],
            day(one["until"]),
            one["state"],
            _given(one).removeprefix(", "),
        )
        for one in found
    ]
    headers = ("grant", "who", "address", "purpose", "until", "state", "with")
    tables.out().print(tables.table(headers, rows))


def show_review(found: Sequence[Shape]) -> None:
    """List grants under review."""
    if not found:
        console.put("no grant to review")
        return
    from meshwright.cli import tables

    rows = [
        (
            one["grant"],
            one["principal"] + ("" if one["holder_known"] else " (left)"),
            one["address"],
            one["purpose"],
            day(one["until"]),
            one["queries"],
            day(one["last_used"]) or "never",
            "unused" if one["unused"] else "",
        )
        for one in found
    ]
    headers = ("grant", "who", "address", "purpose", "until", "queries", "last used", "")
    tables.out().print(tables.table(headers, rows, right=("queries",)))
    console.put("keep or end them: mesh access review --keep GRANT --revoke GRANT")


def day(moment: str | None) -> str:
    """Return the day of a time."""
    return (moment or "")[:10]


def _given(grant: Shape) -> str:
    parts = []
    if grant["columns"]:
        parts.append(f"only {', '.join(grant['columns'])}")
    if grant["raw"]:
        parts.append(f"{', '.join(grant['raw'])} as it is")
    parts += [f"{column} as {mask}" for column, mask in grant["masks"].items()]
    if grant["filter"]:
        parts.append(f"rows where {grant['filter']}")
    return f", {', '.join(parts)}" if parts else ""


def _names(names: Sequence[str]) -> str:
    return ", ".join(names)


_SIGNS = {"grant": "+", "change": "~", "revoke": "-", "hold": "!", "over": "·"}
_WORDS = {
    "hold": "revoked by hand: not granted again as it was",
    "over": "its time is over",
}


def show_changes(plan: Shape, *, done: bool) -> None:
    """List what the files of grants change, or changed."""
    for problem in plan["problems"]:
        place = f"{problem['file']}:{problem['line'] or ''}"
        console.say(f"{place}: {problem['severity']}: {console.clean(problem['message'])}")
        if problem["hint"]:
            console.say(f"  next: {console.clean(problem['hint'])}")
    for one in plan["changes"]:
        if one["change"] == "keep":
            continue
        said = _WORDS.get(one["change"], ", ".join(one["what"]))
        until = f", until {day(one['until'])}" if one["until"] else ""
        console.put(
            f"{_SIGNS[one['change']]} {one['change']:<6} {one['grant']} {one['principal']}"
            f' {one["address"]} "{one["purpose"]}"{until}{f" ({said})" if said else ""}'
        )
    count = sum(one["change"] in ("grant", "change", "revoke") for one in plan["changes"])
    kept = sum(one["change"] == "keep" for one in plan["changes"])
    verb = "made" if done else "to make"
    console.put(f"{counted(count, 'change')} {verb}, {counted(kept, 'grant')} as they are")
