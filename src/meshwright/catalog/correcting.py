"""The word that was meant: the nearest of the index's own words.

What must stay true: a word that only what somebody may not know of has is never given to them.
"""

from collections.abc import Callable, Sequence

MOST = 12  # nearest words that are looked at


def nearest(word: str, vocabulary: Sequence[str], seen: Callable[[str], int]) -> str:
    """Return the nearest word; '' where none is near. `seen`: how much of what somebody may know has it."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    most = 0 if len(word) < 3 else 1 if len(word) < 5 else 2
    if not most:
        return ""
    found = process.extract(
        word, vocabulary, scorer=OSA.distance, score_cutoff=most, limit=10 * MOST
    )
    ranked = sorted(found, key=lambda one: (one[1], one[0][0] != word[0], one[0]))
    best: tuple[tuple[float, bool, int], str] | None = None
    looked = 0
    for other, distance, _ in ranked:
        if best is not None and (distance > best[0][0] or looked >= MOST):
            break
        count = seen(other)
        if count:
            looked += 1
            key = (distance, other[0] != word[0], -count)
            if best is None or key < best[0]:
                best = (key, other)
    return best[1] if best else ""
