"""Drift in a part of the rows alone: in segments that the settings name, and in the worst slice of all.

A slice is a group of one column, or of two. In each, the share of rows in every group of every other column
is compared with the training's by Fisher's exact test, and its change with that of all other rows. The level
is divided by the number of comparisons, so that a search among thousands has no more false alarms than one.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import with_config

from ecluse_monitor.chance import more_often
from ecluse_monitor.described import DESCRIBED
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import Settings
from ecluse_monitor.slices import SCORE, Codes, Groups, sizes

Block = tuple[int, ...]
"""The columns that slices are made by, one or two, by their place."""
MOST = 3
"""Slices that are named; each is searched among the rows that are in none before."""
_LOOKED_AT = 50
"""Candidates of a search whose exact chance is worked out, the furthest first."""


@dataclass(frozen=True)
class Sides:
    """`hits` of `rows` at training and on the day, and the same for the rows outside of the slice."""

    hits: tuple[int, int]
    rows: tuple[int, int]
    other_hits: tuple[int, int]
    other_rows: tuple[int, int]

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Within the slice then and now, elsewhere then and now."""
        (before, now), (of, rows) = self.hits, self.rows
        (other_before, other_now), (other_of, other_rows) = self.other_hits, self.other_rows
        return before / of, now / rows, other_before / max(other_of, 1), other_now / max(other_rows, 1)


@with_config(DESCRIBED)
@dataclass(frozen=True)
class Found:
    """A part of the rows in which a share changed, and did not so elsewhere."""

    segment: str
    """the part of the rows"""
    column: str
    """the column whose share changed"""
    event: str
    """the group of its values"""
    then: float
    """the share within the part at training"""
    now: float
    """the share within the part on the day"""
    elsewhere_then: float
    """the share in all other rows at training"""
    elsewhere_now: float
    """the share in all other rows on the day"""
    part: float
    """how much of the day's rows the part is"""
    p_value: float
    """the chance of such a change without drift, over all comparisons"""


@dataclass(frozen=True)
class _Candidate:
    block: Block
    slice: int
    event: int
    z: float
    sides: Sides


def segment_findings(
    groups: Mapping[str, Groups], before: Codes, now: Codes, settings: Settings
) -> tuple[list[Finding], dict[str, Any]]:
    """A finding for each slice that drifts alone, and what the report says of the search."""
    places = {name: at for at, name in enumerate(groups)}
    named: list[Block] = [(places[each.column],) for each in settings.segments if each.column in places]
    families = [(named, max((each.min_rows for each in settings.segments), default=1))] if named else []
    if settings.slices.enabled:
        families.append((_blocks(groups, settings), settings.slices.min_rows))
    alpha, found, compared = settings.slices.alpha / max(len(families), 1), list[Found](), 0
    for blocks, least in families:
        search = _Search(groups, blocks, least, settings.slices.difference.warn)
        more, tests = search.worst(before, now, alpha)
        found += [each for each in more if all(not _is_same(each, other) for other in found)]
        compared += tests
    findings = [_finding(each, settings) for each in found]
    return findings, {"rows": len(now), "compared": compared, "found": [asdict(each) for each in found]}


def _is_same(left: Found, right: Found) -> bool:
    return (left.segment, left.column) == (right.segment, right.column)


def _blocks(groups: Mapping[str, Groups], settings: Settings) -> list[Block]:
    columns = [at for at, name in enumerate(groups) if name != SCORE][: settings.slices.columns]
    pairs = itertools.combinations(columns, 2) if settings.slices.pairs else ()
    return [*((at,) for at in columns), *pairs]


@dataclass(frozen=True)
class _Search:
    groups: Mapping[str, Groups]
    blocks: Sequence[Block]
    least: int
    difference: float

    def worst(self, before: Codes, now: Codes, alpha: float) -> tuple[list[Found], int]:
        """The slices that drift, the least likely first, and how many comparisons it took."""
        found: list[Found] = []
        left, tests, rows = (before, now), 0, len(now)
        while len(found) < MOST:
            candidates, compared = self._candidates(*left)
            tests = tests or compared
            likely = [(_p_value(each.sides), -abs(each.z), at) for at, each in enumerate(candidates)]
            best = min(likely, default=(1.0, 0.0, 0))
            if best[0] > alpha / max(compared, 1):
                break
            chosen = candidates[best[2]]
            found.append(self._found(chosen, best[0], rows))
            left = (self._outside(left[0], chosen), self._outside(left[1], chosen))
        return found, tests

    def _candidates(self, before: Codes, now: Codes) -> tuple[list[_Candidate], int]:
        found: list[_Candidate] = []
        compared, both = 0, [np.asfortranarray(codes) for codes in (before, now)]
        for block in self.blocks:
            sides = [self._tables(codes, block) for codes in both]
            more, tests = self._compare(block, [each[0] for each in sides], [each[1] for each in sides])
            found, compared = [*found, *more], compared + tests
        return sorted(found, key=lambda each: -abs(each.z))[:_LOOKED_AT], compared

    def _tables(self, codes: Codes, block: Block) -> tuple[Codes, Codes]:
        """Hits, and rows of which these are, per slice and event."""
        widths = sizes(self.groups)
        slices, of = _slice_of(codes, block, widths), int(np.prod(widths[list(block)]))
        hits, rows = list[Codes](), list[Codes]()
        for column, groups in enumerate(self.groups.values()):
            counts = _counts(slices, codes[:, column], of, int(widths[column]))
            hits.append(_events(counts, bool(groups["edges"])))
            # A slice says nothing new of the columns that it is made by.
            own = np.zeros((of, 1), np.int64) if column in block else counts.sum(axis=1, keepdims=True)
            rows.append(np.repeat(own, hits[-1].shape[1], axis=1))
        return np.hstack(hits), np.hstack(rows)

    def _compare(
        self, block: Block, hits: Sequence[Codes], rows: Sequence[Codes]
    ) -> tuple[list[_Candidate], int]:
        enough = (rows[0] >= self.least) & (rows[1] >= self.least)
        other_hits, other_rows = ([each.sum(axis=0) - each for each in of] for of in (hits, rows))
        with np.errstate(divide="ignore", invalid="ignore"):
            change, z = _change(hits, rows)
            elsewhere, _ = _change(other_hits, other_rows)
            beyond = np.abs(change - np.nan_to_num(elsewhere)) >= self.difference
        wanted = enough & (np.abs(change) >= self.difference) & beyond & (np.abs(z) > 3)
        found: list[_Candidate] = []
        for where, event in np.argwhere(wanted):
            sides = [
                (int(then[where, event]), int(today[where, event]))
                for then, today in (hits, rows, other_hits, other_rows)
            ]
            found.append(_Candidate(block, int(where), int(event), float(z[where, event]), Sides(*sides)))
        return found, int(enough.sum())

    def _outside(self, codes: Codes, chosen: _Candidate) -> Codes:
        return codes[_slice_of(codes, chosen.block, sizes(self.groups)) != chosen.slice]

    def _found(self, each: _Candidate, p_value: float, rows: int) -> Found:
        groups = list(self.groups.values())
        at = np.unravel_index(each.slice, [len(groups[column]["labels"]) for column in each.block])
        labels = [groups[column]["labels"][int(code)] for column, code in zip(each.block, at, strict=True)]
        column, event, is_ordered = _named_events(self.groups)[each.event]
        # What is counted up to an edge is said as what is over it.
        then, now, elsewhere, there = (1 - each if is_ordered else each for each in each.sides.shares)
        part = each.sides.rows[1] / rows
        return Found(" and ".join(labels), column, event, then, now, elsewhere, there, part, p_value)


def _named_events(groups: Mapping[str, Groups]) -> list[tuple[str, str, bool]]:
    """Of each event its column, what it is called, and whether it is counted up to an edge."""
    return [
        (name, f"{name} over {edge:.4g}", True) if each["edges"] else (name, each["labels"][at], False)
        for name, each in groups.items()
        for at, edge in enumerate(each["edges"] or each["labels"])
    ]


def _slice_of(codes: Codes, block: Block, of: Codes) -> Codes:
    """The slice of each row; none of them, over the last, where a value is not there."""
    columns = [codes[:, at] for at in block]
    found = columns[0]
    for at, column in zip(block[1:], columns[1:], strict=True):
        found = found * of[at] + column
    nothing = np.any([column == of[at] for at, column in zip(block, columns, strict=True)], axis=0)
    return np.where(nothing, np.prod(of[list(block)]), found)


def _counts(slices: Codes, codes: Codes, of: int, groups: int) -> Codes:
    """Rows per slice and group of a column, of so many each."""
    found = np.bincount(slices * (groups + 1) + codes, minlength=(of + 1) * (groups + 1))
    return found.reshape(of + 1, groups + 1)[:-1, :-1]


def _events(counts: Codes, is_ordered: bool) -> Codes:
    """Rows up to each edge, which sees a shift that no single group does; or rows per category."""
    return np.cumsum(counts, axis=1)[:, :-1] if is_ordered else counts


def _change(hits: Sequence[Codes], rows: Sequence[Codes]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far shares moved, and in standard errors."""
    pooled = (hits[0] + hits[1]) / (rows[0] + rows[1])
    change = hits[1] / rows[1] - hits[0] / rows[0]
    return change, change / np.sqrt(pooled * (1 - pooled) * (1 / rows[0] + 1 / rows[1]))


def _p_value(sides: Sides) -> float:
    """Chance of the change within the slice, and of one that differs so from that elsewhere: the larger."""
    (before, now), (of, rows) = sides.hits, sides.rows
    more = now * of > before * rows
    exact = more_often(before, of, now, rows) if more else more_often(of - before, of, rows - now, rows)
    shares = [
        (hits + 0.5) / (each + 1)
        for hits, each in zip((*sides.hits, *sides.other_hits), (*sides.rows, *sides.other_rows), strict=True)
    ]
    every = (*sides.rows, *sides.other_rows)
    error = math.sqrt(
        sum(share * (1 - share) / (each + 1) for share, each in zip(shares, every, strict=True))
    )
    apart = abs((shares[1] - shares[0]) - (shares[3] - shares[2])) / error
    return max(min(1.0, 2 * exact), math.erfc(apart / math.sqrt(2)))


def _finding(found: Found, settings: Settings) -> Finding:
    size, limits = abs(found.now - found.then), settings.slices.difference
    severity, limit = (Exit.CRITICAL, limits.crit) if size >= limits.crit else (Exit.WARNING, limits.warn)
    elsewhere = f"elsewhere {found.elsewhere_then:.1%} → {found.elsewhere_now:.1%}"
    where = f"in {found.segment} ({found.part:.1%} of the rows)"
    text = f"{where} {found.event}: {found.then:.1%} → {found.now:.1%}, {elsewhere}"
    return Finding("segment", severity, text, found.column, found.segment, size, limit)
