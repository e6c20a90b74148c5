"""The Chromium that tests drive: an installed one, as Debian has it; Playwright would download its own."""

import shutil

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
)  # in a container, as root, with a small /dev/shm


def chromium() -> str:
    """Return the path of a browser; raise where there is none, as what is not tried is not shown."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError("no Chromium: apt-get install chromium")
    return found


def launch(play: Playwright) -> Browser:
    """Start it, without a window."""
    return play.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
