"""Scripts and styles are sent compressed to whoever takes that; what holds secrets or streams is not."""

import gzip
from pathlib import Path

import httpx
import pytest

from meshwright.serve.web.bundle import FOLDER, manifest, static, takes_gzip
from tests.integration.club import ANA
from tests.serving import Serving, serving
from tests.visiting import Visitor

GZIP = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@pytest.fixture(scope="module")
def ana(catalog: Serving) -> Visitor:
    return Visitor(catalog, ANA)


@pytest.mark.parametrize("name", sorted(manifest()))
def test_a_file_is_the_same_compressed_and_as_it_is(ana: Visitor, name: str) -> None:
    address = static(name)
    kept = (FOLDER / Path(address).name).read_bytes()
    with ana.client.stream("GET", address, headers=GZIP) as zipped:
        raw = b"".join(zipped.iter_raw())
    plain = ana.get(address, headers={"Accept-Encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert int(zipped.headers["content-length"]) == len(raw) < len(kept)
    assert gzip.decompress(raw) == plain.content == kept
    assert "content-encoding" not in plain.headers
    for answer in (zipped, plain):
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == plain.headers["content-type"]
    assert "etag" not in zipped.headers  # the file's own is for its bytes as they are


@pytest.mark.parametrize(
    "path", ["/", "/search?q=members", "/sign-in", "/you", "/api/v1/openapi.json"]
)
def test_pages_with_secrets_and_answers_are_not_compressed(ana: Visitor, path: str) -> None:
    """The length of a compressed page would tell a stranger of the secret of its forms."""
    assert "content-encoding" not in ana.get(path, headers=GZIP).headers


def test_rows_are_not_compressed(served_shop: Path) -> None:
    with serving(served_shop) as server:
        headers = {**GZIP, "Authorization": f"Bearer {server.tokens['ada']}"}
        for form in ("arrow", "parquet", "csv"):
            path = f"{server.url}/api/v1/ports/sales.orders.orders/rows?format={form}"
            answer = httpx.get(path, headers=headers, trust_env=False)
            assert answer.status_code == 200, answer.text
            assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("", False),
        ("gzip", True),
        ("deflate, gzip;q=0.5", True),
        ("GZIP ; q=1.0", True),
        ("gzip;q=0", False),
        ("br, gzip; q=0.000", False),
        ("*", False),
        ("x-gzip-not", False),
    ],
)
def test_gzip_is_sent_to_who_takes_it(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes
