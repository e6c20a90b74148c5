"""The Chromium that tests drive: Debian's, or another that is installed. Playwright's own needs a download."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Return the path of a browser; raise where there is none, as what is not tried is not shown."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError("no Chromium: apt-get install chromium")
    return found
