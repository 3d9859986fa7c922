"""Rows per bin. To search the bin of each number takes most of a large day's time, so a grid goes first."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
CELLS = 4096
FEW = 10_000
"""Numbers that are not worth a grid."""


def count_bins(values: Floats, edges: Floats) -> Counts:
    """Rows per bin of finite values: each edge is in the bin below it, and a last bin is over all edges."""
    if len(values) < FEW or len(edges) < 2:
        return _searched(values, edges)
    cells, edge_cells = _cells(values, edges), _cells(edges, edges)
    # A cell without an edge is in one bin as a whole: rounded or not, a larger number has no lower cell.
    is_clear = np.ones(CELLS + 2, np.bool_)
    is_clear[edge_cells] = False
    rows = np.bincount(cells, minlength=CELLS + 2) * is_clear
    bins = np.searchsorted(edge_cells, np.arange(CELLS + 2))
    counts = np.bincount(bins, rows, len(edges) + 1).astype(np.int64)
    return counts + _searched(values[~is_clear[cells]], edges)


def _searched(values: Floats, edges: Floats) -> Counts:
    return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)


def _cells(values: Floats, edges: Floats) -> Counts:
    """The cell of each number, of a grid from the first to the last edge and one cell beyond each."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        at, scale = values - edges[0], CELLS / (edges[-1] - edges[0])
        at *= scale
    # Where edges are too far apart, or too near, for numbers to tell, all is in one cell, and is searched.
    if not 0 < scale < np.inf:
        np.nan_to_num(at, copy=False, nan=0.0)
    np.clip(at, -1, CELLS, out=at)
    at += 1
    return at.astype(np.int64)
