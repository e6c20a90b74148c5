"""Detectors from well-kept libraries, run in their own environment on the same series.

    <peer's python> detect_peers.py METHOD INPUT OUTPUT

INPUT holds lines of JSON: {times (seconds), values, cadence, train}; OUTPUT gets one line of scores for
each, in units of the method's usual threshold. A point is scored by what is known before it: methods
are fitted on the first `train` points, and again as time goes on where that is affordable.
"""

import json
import sys
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Line = dict[str, Any]


def period(line: Line) -> int:
    """Return the points of one season: a week of days, a day of hours or minutes."""
    if line["cadence"] in ("daily", "hourly"):
        return {"daily": 7, "hourly": 24}[line["cadence"]]
    gaps = sorted(b - a for a, b in zip(line["times"], line["times"][1:], strict=False))
    return max(round(86_400 / max(gaps[len(gaps) // 2], 60)), 2)


def filled(values: list[float | None]) -> list[float]:
    """Return values with each missing one as the one before it."""
    kept, last = [], next((value for value in values if value is not None), 0.0)
    for value in values:
        last = value if value is not None else last
        kept.append(last)
    return kept


def stl(line: Line) -> list[float]:
    """STL on a trailing window; the next season by the last one, 3.5 robust deviations of the rest."""
    import numpy as np
    from statsmodels.tsa.seasonal import STL

    values, season = np.array(filled(line["values"])), period(line)
    every = 1 if line["cadence"] == "daily" else season // 4
    scores, fitted, at = [0.0] * len(values), None, 0
    for place in range(line["train"], len(values)):
        window = values[max(place - 14 * season, 0) : place]
        if len(window) < 2 * season:
            continue
        if fitted is None or place - at >= every:
            result = STL(window, period=season, robust=line["cadence"] == "daily").fit()
            rest = result.resid - np.median(result.resid)
            spread = 1.4826 * np.median(np.abs(rest))
            fitted, at = (result.trend[-1], result.seasonal[-season:], spread), place
        level, seasonal, spread = fitted
        off = abs(values[place] - level - seasonal[(place - at) % season])
        scores[place] = float(off / (3.5 * spread)) if spread > 1e-9 else float(off > 1e-9) * 10
    return scores


def holt_winters(line: Line) -> list[float]:
    """Additive Holt-Winters fitted on the training part, then one step ahead; 3 deviations."""
    import numpy as np
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    values, season, train = np.array(filled(line["values"])), period(line), line["train"]
    is_seasonal = train >= 2 * season + 1
    scores = [0.0] * len(values)
    if train < 5:
        return scores
    model = ExponentialSmoothing(
        values[:train],
        trend="add",
        damped_trend=True,
        seasonal="add" if is_seasonal else None,
        seasonal_periods=season if is_seasonal else None,
        initialization_method="heuristic" if is_seasonal and train >= 10 else "estimated",
    ).fit()
    level, trend = float(model.level[-1]), float(model.trend[-1])
    seasonal = list(model.season[-season:]) if is_seasonal else [0.0]
    names = ("smoothing_level", "smoothing_trend", "smoothing_seasonal", "damping_trend")
    alpha, beta, gamma, phi = (float(np.nan_to_num(model.params.get(n) or 0.0)) for n in names)
    spread = float(np.std(model.resid))
    for place in range(train, len(values)):
        slot = (place - train) % len(seasonal)
        expected = level + phi * trend + seasonal[slot]
        error = values[place] - expected
        scores[place] = float(abs(error) / (3 * spread)) if spread > 1e-9 else 10.0 * (error != 0)
        before, level = level, level + phi * trend + alpha * error
        trend = phi * trend + alpha * beta * error if beta else level - before - alpha * error
        seasonal[slot] += gamma * (1 - alpha) * error if is_seasonal else 0.0
    return scores


def isolation_forest(line: Line) -> list[float]:
    """Isolation forest on value, change and place in the season; usual contamination of 1 %."""
    import numpy as np
    from sklearn.ensemble import IsolationForest

    values, train = np.array(filled(line["values"])), line["train"]
    clocks = [datetime.fromtimestamp(at, UTC) for at in line["times"]]
    slots = [c.weekday() if line["cadence"] == "daily" else c.hour for c in clocks]
    features = np.column_stack([values, np.diff(values, prepend=values[0]), slots])
    step = len(values) if line["cadence"] == "daily" else period(line)
    scores = [0.0] * len(values)
    for start in range(max(train, 8), len(values), step):
        forest = IsolationForest(n_estimators=50, random_state=0).fit(features[:start])
        limit = -np.quantile(forest.score_samples(features[:start]), 0.01)
        found = -forest.score_samples(features[start : start + step]) / limit
        scores[start : start + step] = [float(score) for score in found]
    return scores


def half_space_trees(line: Line) -> list[float]:
    """Half-space trees (river) on value, change and hour, learning as they go."""
    from river import anomaly, compose, preprocessing

    window = 250 if line["cadence"] == "stream" else 14
    model = compose.Pipeline(
        preprocessing.MinMaxScaler(),
        anomaly.HalfSpaceTrees(n_trees=10, height=8, window_size=window, seed=42),
    )
    scores, before = [], None
    for at, value in zip(line["times"], filled(line["values"]), strict=True):
        clock = datetime.fromtimestamp(at, UTC)
        slot = clock.weekday() if line["cadence"] == "daily" else clock.hour
        row = {"value": value, "change": value - (before if before is not None else value)}
        row["slot"] = float(slot)
        scores.append(float(model.score_one(row)) / 0.95)
        model.learn_one(row)
        before = value
    return scores


METHODS: dict[str, Callable[[Line], list[float]]] = {
    "stl-mad": stl,
    "holt-winters": holt_winters,
    "isolation-forest": isolation_forest,
    "half-space-trees": half_space_trees,
}
# The environment of `peers.py` that each method runs in.
HOMES = {
    "stl-mad": "statsmodels",
    "holt-winters": "statsmodels",
    "isolation-forest": "sklearn",
    "half-space-trees": "river",
}


def main() -> None:
    warnings.filterwarnings("ignore")
    method = METHODS[sys.argv[1]]
    with open(sys.argv[2]) as lines, open(sys.argv[3], "w") as out:
        for text in lines:
            out.write(json.dumps([round(score, 5) for score in method(json.loads(text))]) + "\n")


if __name__ == "__main__":
    main()
