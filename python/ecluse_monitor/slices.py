"""A sample of the training's rows in coarse groups: what a part of a day's rows is compared with.

Of a value only its group is kept, an eighth of the rows or a category. So any slice, by one column or two,
can be compared later, and the baseline holds nobody's values.
"""

import itertools
from collections.abc import Collection, Mapping
from typing import TypedDict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecluse_monitor.arrays import pack, unpack
from ecluse_monitor.columns import Column, kind
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.settings import Settings

Codes = NDArray[np.int64]
"""Rows × columns: the group of each value; one over the last group where there is no value."""
GROUPS = 8
ROWS = 20_000
SCORE = "score"


class Groups(TypedDict):
    """Of one column: of numbers the `edges` (each in the group below it), or else the largest categories.

    The last group is what is over every edge, or any other category. `labels` are for people.
    """

    edges: list[float]
    categories: list[str]
    labels: list[str]


class Slices(TypedDict):
    """`groups` of the columns in their order, the score among them, and the packed codes of the sample."""

    groups: dict[str, Groups]
    codes: str


def learn_slices(
    reference: pl.DataFrame, columns: Mapping[str, Column], score: Column, settings: Settings
) -> Slices:
    """Of the columns that segments are named by, those that the model goes by most, and the score.

    Raises MonitorError where a segment's column is no input.
    """
    named = {segment.column: segment.max for segment in settings.segments}
    unknown = next((name for name in named if name not in columns), None)
    if unknown is not None:
        raise MonitorError(f"segments.column must be one of the inputs {list(columns)}, got {unknown!r}")
    ranked = sorted(columns, key=lambda name: -columns[name].get("importance", 0.0))
    # The most important ones first: the search is among so many of these.
    chosen = list(dict.fromkeys([*ranked[: settings.slices.columns], *named]))
    groups = {name: _groups(name, columns[name], named.get(name, GROUPS)) for name in chosen}
    groups[SCORE] = _groups(SCORE, score, GROUPS)
    order = np.sort(np.random.default_rng(1).permutation(reference.height)[:ROWS])
    coded = codes_of(reference[order], groups)
    return {"groups": groups, "codes": pack(coded, "|u1")}


def sizes(groups: Mapping[str, Groups]) -> Codes:
    """How many groups each column has."""
    return np.array([len(each["labels"]) for each in groups.values()], dtype=np.int64)


def sampled(slices: Slices) -> Codes:
    """The training's sample."""
    return unpack(slices["codes"], "|u1", len(slices["groups"])).astype(np.int64)


def codes_of(rows: pl.DataFrame, groups: Mapping[str, Groups]) -> Codes:
    """The groups of a table with columns `input_<name>` and `score`; a byte holds each."""
    return np.column_stack([_coded(rows, name, each) for name, each in groups.items()]).astype(np.int64)


def left_out(codes: Codes, groups: Mapping[str, Groups], names: Collection[str]) -> Codes:
    """The codes as if no row had a value of some columns."""
    return np.where([name in names for name in groups], sizes(groups), codes)


def _groups(name: str, column: Column, most: int) -> Groups:
    counts = np.asarray(column.get("counts"))
    if column.get("kind") == "categorical":
        ranked = [column.get("categories", [])[at] for at in np.argsort(-counts, kind="stable")]
        kept = ranked[: most if len(ranked) > most else None]
        return {
            "edges": [],
            "categories": kept,
            "labels": [*(f"{name} {each}" for each in kept), f"{name} another"],
        }
    edges = column.get("edges", [])
    if len(edges) <= most and column.get("centres", [])[:-1] == edges:  # few values: each is a group
        values = [f"{name} {edge:.6g}" for edge in edges]
        return {"edges": edges, "categories": [], "labels": [*values, f"{name} over {edges[-1]:.6g}"]}
    at = np.searchsorted(np.cumsum(counts), np.arange(1, GROUPS) * counts.sum() / GROUPS)
    ends = sorted({edges[max(0, min(int(each), len(edges) - 2))] for each in at})
    between = [f"{name} {low:.4g} to {high:.4g}" for low, high in itertools.pairwise(ends)]
    labels = [f"{name} up to {ends[0]:.4g}", *between, f"{name} over {ends[-1]:.4g}"]
    return {"edges": ends, "categories": [], "labels": labels}


def _coded(rows: pl.DataFrame, name: str, groups: Groups) -> Codes:
    column, nothing = name if name == SCORE else f"input_{name}", len(groups["labels"])
    wanted = "numeric" if groups["edges"] else "categorical"
    if column not in rows.columns or kind(rows[column]) != wanted:
        return np.full(rows.height, nothing)
    if groups["edges"]:
        values = rows[column].cast(pl.Float64).to_numpy()
        found = np.searchsorted(np.asarray(groups["edges"]), values, side="left")
        return np.where(np.isfinite(values), found, nothing)
    values = rows[column].cast(pl.String)
    known = {category: at for at, category in enumerate(groups["categories"])}
    found = values.replace_strict(known, default=nothing - 1, return_dtype=pl.Int64)
    return np.where(values.is_null().to_numpy(), nothing, found.to_numpy())
