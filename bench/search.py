"""Search 100,000 assets: the catalog's own search against tantivy over the same documents, in one process.

Documents are a product, its port and eighteen columns, five thousand times, in words of Zipf's law; they
are put into the index as an indexed mesh would have them. Queries are one to three words of one document:
whole, cut short (as they are typed), with a typo, with filters, and beginnings of one or two letters, which
find much of everything. Ours answers with a page of 20, the exact total, eight facets and what was
corrected, as far as somebody may know (one product in a hundred is hidden); tantivy with a page of 20 and
the total, and no permission. Times are of the CPU. An update is one product's documents, visible and durable.

    python bench/search.py
    python bench/search.py --products 500 --queries 200
"""

import argparse
import random
import tempfile
import time
from bisect import bisect
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from statistics import quantiles
from typing import Any

import measure

import meshwright
from meshwright.app.catalog.index import bring_up_to_date
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.search import search
from meshwright.app.mesh import Mesh
from meshwright.app.product_graph import graph_of
from meshwright.catalog import keeping
from meshwright.catalog.documents import COLUMN, PORT, PRODUCT, Document, Place
from meshwright.catalog.words import joined, spelled, tokens
from meshwright.model.principal import Principal

COLUMNS = 18
WORDS = 20_000
DOMAINS = 40
WHO = Principal("person:bench")
SYLLABLES = [
    c + v + e for c in "bcdfghjklmnprstvz" for v in "aeiou" for e in ("", "n", "r", "s", "t")
]


class Words:
    """Words of two or three syllables; the first are said most."""

    def __init__(self, seed: random.Random) -> None:
        self._seed = seed
        found = dict.fromkeys(
            "".join(seed.choices(SYLLABLES, k=2 + number % 2)) for number in range(2 * WORDS)
        )
        self.all = list(found)[:WORDS]
        self._sums = list(accumulate(1 / (rank + 20) for rank in range(len(self.all))))

    def some(self, count: int) -> list[str]:
        """Return some words."""
        last = self._sums[-1]
        return [self.all[bisect(self._sums, self._seed.random() * last)] for _ in range(count)]


def places_of(number: int, words: Words) -> list[Place]:
    """Return the places of one product."""
    domain = f"domain{number % DOMAINS}"
    name, port = "_".join(words.some(2)), "_".join(words.some(2))
    address = f"{domain}.{name}{number}"
    owners, tags = (f"owner{number % 300}@example.com",), (f"tag{number % 50}", f"tag{number % 7}")
    columns = ["_".join(words.some(2)) + (f"_{n}" if n > 15 else "") for n in range(COLUMNS)]
    inside = [word for column in columns for word in spelled(column)]
    about = (domain, owners, tags, "", number % 40 == 0)
    text = " ".join(words.some(14))
    whole = Document(
        address, "", text, joined(spelled(f"{name}{number}")), joined(tokens(text)), joined(inside)
    )
    told = " ".join(words.some(10))
    table = Document(
        f"{address}.{port}", "", told, joined(spelled(port)), joined(tokens(told)), joined(inside)
    )
    parts = []
    for column in columns:
        text = " ".join(words.some(8))
        place = f"{address}.{port}.{column}"
        parts.append(Document(place, "", text, joined(spelled(column)), joined(tokens(text))))
    of_port = f"{address}.{port}"
    return [
        Place(PRODUCT, address, *about, documents=(whole,)),
        Place(PORT, of_port, *about, documents=(table,)),
        Place(COLUMN, of_port, *about, documents=tuple(parts[:14])),
        Place(COLUMN, of_port, domain, owners, (*tags, "pii"), "confidential", documents=tuple(parts[14:])),
    ]  # fmt: skip


def queries_of(
    products: Sequence[list[Place]], count: int, seed: random.Random
) -> list[tuple[str, str, dict[str, tuple[str, ...]]]]:
    """Return queries: what kind, the text, the filters."""
    kinds = ("words", "words", "words", "typed", "typed", "filtered", "typo", "begun")
    found = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        place = seed.choice(seed.choice(products))
        document = seed.choice(place.documents)
        pool = document.name.split()[:2] + document.description.split()[:4]
        words = seed.sample(pool, min(len(pool), seed.choice((1, 2, 2, 3))))
        text, filters = " ".join(words), {}
        if kind == "typed":
            text = text[: max(3, len(text) - 2)]
        elif kind == "filtered":
            filters = {"domain": (place.domain,), "kind": (place.kind,)}
        elif kind == "typo":
            at = seed.randrange(1, len(words[0]))
            words[0] = words[0][:at] + "q" + words[0][at + 1 :]
            text = " ".join(words)
        elif kind == "begun":
            text = words[0][: seed.choice((1, 2))]
        found.append((kind, text, filters))
    return found


def timed(do: Callable[[], Any]) -> float:
    """Return the milliseconds that something takes."""
    started = time.process_time()
    do()
    return 1000 * (time.process_time() - started)


def shown(times: Sequence[float]) -> dict[str, float]:
    """Return the middle, the slowest twentieth and hundredth, and the slowest."""
    cuts = quantiles(times, n=100, method="inclusive")
    return {
        "p50": round(cuts[49], 2), "p95": round(cuts[94], 2), "p99": round(cuts[98], 2),
        "max": round(max(times), 2),
    }  # fmt: skip


def ours(mesh: Mesh, products: list[list[Place]], queries: Sequence[Any], words: Words) -> Any:
    """Fill our index, search it, change one product at a time."""
    wiring = mesh.wiring
    bring_up_to_date(wiring)  # the marks of an empty mesh: what is put then stays

    def put(number: int, places: list[Place]) -> None:
        with wiring.store.write() as writer:
            owner = products[number][0].address
            keeping.put(writer, owner, places[0].domain, str(number), 1, places)
            keeping.put_health(
                writer, [owner], [(places[1].address, owner, "healthy", "on time", None)]
            )

    def fill() -> None:
        for first in range(0, len(products), 200):
            with wiring.store.write() as writer:
                rows = []
                for number, places in enumerate(products[first : first + 200], first):
                    owner = places[0].address
                    keeping.put(writer, owner, places[0].domain, str(number), 1, places)
                    rows.append((places[1].address, owner, "healthy", "on time", None))
                keeping.put_health(writer, [row[1] for row in rows], rows)

    filled = timed(fill)
    vars(graph_of(wiring))["names"] = frozenset(
        places[0].address for places in products
    )  # as files
    knowing = Knowing(WHO, frozenset(places[0].address for places in products[::100]))
    if not search(wiring, knowing, products[1][0].documents[0].name).total:
        raise ValueError("nothing is found: this would measure nothing")
    times: dict[str, list[float]] = {}
    for kind, text, filters in queries:
        spent = timed(lambda text=text, filters=filters: search(wiring, knowing, text, filters))
        times.setdefault(kind, []).append(spent)
    updates = [timed(lambda n=n: put(n, places_of(n, words))) for n in range(20)]
    after = [timed(lambda: search(wiring, knowing, queries[0][1]))]
    quiet = [timed(lambda: bring_up_to_date(wiring)) for _ in range(50)]
    return {
        "fill_seconds": round(filled / 1000, 1),
        "search": {kind: shown(found) for kind, found in times.items()}
        | {"all": shown([one for found in times.values() for one in found])},
        "update": shown(updates),
        "first_search_after_a_change": round(after[0], 1),
        "nothing_changed": shown(quiet),
    }


def tantivys(
    folder: Path, products: list[list[Place]], queries: Sequence[Any], words: Words
) -> Any:
    """The same documents and queries in tantivy: all words, a beginning last, the typo by distance."""
    import tantivy

    schema = tantivy.SchemaBuilder()
    for name in ("name", "description", "more", "kind", "domain"):
        schema.add_text_field(name, stored=False)
    schema.add_text_field("address", stored=True, tokenizer_name="raw")
    schema.add_text_field("owner", stored=False, tokenizer_name="raw")
    made = schema.build()
    index = tantivy.Index(made, path=str(folder))
    writer = index.writer(256_000_000, 1)

    def add(places: list[Place]) -> None:
        for place in places:
            for one in place.documents:
                writer.add_document(
                    tantivy.Document(
                        name=one.name, description=one.description, more=one.more, kind=place.kind,
                        domain=place.domain, address=one.address, owner=places[0].address,
                    )
                )  # fmt: skip

    def fill() -> None:
        for places in products:
            add(places)
        writer.commit()

    def update(number: int) -> None:
        writer.delete_documents_by_term("owner", products[number][0].address)
        add(places_of(number, words))
        writer.commit()
        index.reload()

    weights = {"name": 10.0, "description": 3.0, "more": 1.0}

    def query_of(kind: str, text: str, filters: dict[str, tuple[str, ...]]) -> Any:
        Query, Occur = tantivy.Query, tantivy.Occur
        parts = []
        all_words = tokens(text)
        for at, word in enumerate(all_words):
            is_last = at == len(all_words) - 1
            each = []
            for name, weight in weights.items():
                if kind == "typo" and at == 0:
                    one = Query.fuzzy_term_query(made, name, word, distance=1)
                elif is_last:
                    one = Query.regex_query(made, name, f"{word}.*")
                else:
                    one = Query.term_query(made, name, word)
                each.append((Occur.Should, Query.boost_query(one, weight)))
            parts.append((Occur.Must, Query.boolean_query(each)))
        for name, values in filters.items():
            parts.append((Occur.Must, Query.term_query(made, name, values[0])))
        return Query.boolean_query(parts)

    def find(kind: str, text: str, filters: dict[str, tuple[str, ...]]) -> int:
        searcher = index.searcher()
        found = searcher.search(query_of(kind, text, filters), 20, count=True)
        for _, address in found.hits:
            searcher.doc(address)
        return found.count

    filled = timed(fill)
    index.reload()
    find("words", products[1][0].documents[0].name, {})
    times: dict[str, list[float]] = {}
    for kind, text, filters in queries:
        spent = timed(lambda kind=kind, text=text, filters=filters: find(kind, text, filters))
        times.setdefault(kind, []).append(spent)
    updates = [timed(lambda n=n: update(n)) for n in range(20)]
    return {
        "fill_seconds": round(filled / 1000, 1),
        "search": {kind: shown(found) for kind, found in times.items()}
        | {"all": shown([one for found in times.values() for one in found])},
        "update": shown(updates),
    }


def main() -> None:
    """Measure both, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=5_000)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--without-tantivy", action="store_true")
    said = parser.parse_args()
    seed = random.Random(7)
    words = Words(seed)
    products = [places_of(number, words) for number in range(said.products)]
    queries = queries_of(products, said.queries, seed)
    found: dict[str, Any] = {"assets": sum(len(p.documents) for ps in products for p in ps)}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "mesh.yaml").write_text("name: bench\ndomains: [a]\n")
        (home / "a").mkdir()
        (home / "a" / "domain.yaml").write_text("name: a\n")
        with meshwright.open(home) as mesh:
            found["meshwright"] = ours(mesh, products, queries, words)
        print("meshwright", found["meshwright"])
        if not said.without_tantivy:
            (home / "tantivy").mkdir()
            found["tantivy"] = tantivys(home / "tantivy", products, queries, words)
            print("tantivy", found["tantivy"])
    if said.products == 5_000:
        measure.write_results("search", found)


if __name__ == "__main__":
    main()
