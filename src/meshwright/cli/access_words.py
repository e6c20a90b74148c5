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
        console.put(f"{what} is open{agreed}; asked are: {', '.join(done['asked_now'])}")
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


def show_requests(found: Sequence[Shape], *, to_approve: bool = False) -> None:
    """List requests, each in a line or two, for names are long."""
    if not found:
        console.put("nothing waits for your word" if to_approve else "no request")
        return
    from meshwright.cli import entries

    for one in found:
        asked = f"asked are {_names(one['asked_now'])}" if one["asked_now"] else ""
        entries.put(
            one["request"],
            _STATES.get(one["state"], (one["state"], "")),
            (plain(one["principal"]), one["address"]),
            (
                f'for "{one["purpose"]}"',
                f"only {', '.join(one['columns'])}" if one["columns"] else "",
                counted(one["days"], "day"),
                f"since {day(one['at'])}",
                asked,
            ),
        )
    if to_approve:
        first = found[0]["request"]
        console.put_next(f"mesh access approve {first}, or: mesh access refuse {first} --note …")


def show_grants(found: Sequence[Shape]) -> None:
    """List grants, each in a line or two."""
    if not found:
        console.put("no grant")
        return
    for one in found:
        _put_grant(one, (_given(one).removeprefix(", "),))


def show_review(found: Sequence[Shape]) -> None:
    """List grants under review, each with how much it is used."""
    if not found:
        console.put("no grant to review")
        return
    for one in found:
        left = "" if one["holder_known"] else "its holder left"
        used = f"{counted(one['queries'], 'query', 'queries')}, the last on {day(one['last_used'])}"
        _put_grant(
            one,
            (left, used if one["last_used"] else "never used", "unused" * bool(one["unused"])),
        )
    first = found[0]["grant"]
    console.put_next(f"mesh access review --keep {first}, or: mesh access review --revoke {first}")


def _put_grant(one: Shape, more: Sequence[str]) -> None:
    from meshwright.cli import entries

    entries.put(
        one["grant"],
        _STATES.get(one["state"], (one["state"], "")),
        (plain(one["principal"]), one["address"]),
        (
            f'for "{one["purpose"]}"',
            f"until {day(one['until'])}" if one["until"] else "",
            *more,
        ),
    )


def plain(name: str) -> str:
    """Return a name as people say it: a person's without its kind."""
    return name.removeprefix("person:")


_STATES = {
    "open": ("open", "yellow"),
    "approved": ("approved", "green"),
    "refused": ("refused", "red"),
    "active": ("active", "green"),
    "revoked": ("revoked", "red"),
    "expired": ("expired", "bright_black"),
}


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
    return ", ".join(map(plain, names))


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
    rest = "as it is" if kept == 1 else "as they are"
    console.put(f"{counted(count, 'change')} {verb}, {counted(kept, 'grant')} {rest}")
