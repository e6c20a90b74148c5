"""What somebody signs in with, in words: the text that programs send of themselves is for machines."""

import re

_BROWSERS = (  # the first that is named: each names those after it too
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"(?:Headless)?Chrom(?:e|ium)/|CriOS/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("an iPhone", "iPhone"),
    ("an iPad", "iPad"),
    ("Windows", "Windows"),
    ("a Mac", "Macintosh"),
    ("Linux", "Linux|X11"),
)


def program(agent: str) -> str:
    """Return a browser and its system, as `Firefox on Windows`; of anything else its name alone."""
    browser = _first(_BROWSERS, agent)
    if not browser:
        return agent.partition(" ")[0][:40] or "a program"
    system = _first(_SYSTEMS, agent)
    return f"{browser} on {system}" if system else browser


def _first(kinds: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, pattern in kinds if re.search(pattern, agent)), "")
