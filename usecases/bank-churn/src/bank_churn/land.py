"""Lands rows as Parquet by date; run as a module.

The synthetic population, or the user's own file with `--source`. A landing that is complete with the
same parameters is left alone. Exit 0 done, 1 refused with nothing landed.
"""

import argparse
import hashlib
import io
import json
import sys
from datetime import date
from pathlib import Path

import pandas as pd

from .blobs import (
    DataError,
    container,
    data_version,
    folder,
    landed_etags,
    landed_names,
    read_manifest,
    setting,
    write_manifest,
)
from .container import BlobError, Container
from .population import MONTHS, draw_day
from .source import read_source


def landing_dates(as_of: date, months: int = MONTHS) -> list[date]:
    """The first days of the `months` months up to and including that of `as_of`, oldest first."""
    last = as_of.year * 12 + as_of.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - months + 1, last + 1)]


def land(args: argparse.Namespace, blobs: Container) -> str:
    """Lands what `args` asks for; returns the line for the user. Raises DataError."""
    parameters = _parameters(args)
    manifest = read_manifest(blobs)
    if manifest and manifest["parameters"] == parameters and _complete(blobs, manifest):
        return f"already landed, nothing to do: data version {manifest['version']}"
    if manifest and manifest["parameters"] != parameters and not args.replace:
        raise DataError(
            f"{folder()} holds a landing with {json.dumps(manifest['parameters'])}, asked for "
            f"{json.dumps(parameters)}; add --replace to put the new one in its place"
        )
    return _write(blobs, _frames(args), parameters)


def _parameters(args: argparse.Namespace) -> dict[str, str | int]:
    if args.source is None:
        span = landing_dates(args.as_of)
        return {"rows": args.rows, "seed": args.seed, "from": str(span[0]), "to": str(span[-1])}
    if not args.source.is_file():
        raise DataError(f"--source {args.source}: there is no such file; give a .csv or .parquet file")
    digest = hashlib.sha256(args.source.read_bytes()).hexdigest()
    return {"source": digest, "sample": args.sample or "all", "to": str(args.as_of)}


def _complete(blobs: Container, manifest: dict[str, object]) -> bool:
    return landed_etags(blobs) == manifest["etags"]


def _frames(args: argparse.Namespace) -> dict[date, pd.DataFrame]:
    days = landing_dates(args.as_of)
    if args.source is not None:
        return _sample(read_source(args.source, days), args.sample, args.seed)
    if args.rows < len(days):
        raise DataError(f"--rows must be at least {len(days)}, one per landing date, got {args.rows}")
    environment = setting("ECLUSE_ENVIRONMENT")
    sizes = [args.rows // len(days) + (index < args.rows % len(days)) for index in range(len(days))]
    return {day: draw_day(size, args.seed, environment, day) for day, size in zip(days, sizes, strict=True)}


def _sample(frames: dict[date, pd.DataFrame], rows: int | None, seed: int) -> dict[date, pd.DataFrame]:
    total = sum(len(frame) for frame in frames.values())
    if rows is None or rows >= total:
        return frames
    return {day: frame.sample(frac=rows / total, random_state=seed) for day, frame in frames.items()}


def _write(blobs: Container, frames: dict[date, pd.DataFrame], parameters: dict[str, str | int]) -> str:
    contents = {str(day): _parquet(frame) for day, frame in sorted(frames.items())}
    digests = {day: hashlib.sha256(content).hexdigest() for day, content in contents.items()}
    etags: dict[str, str] = {}
    version = data_version(digests)
    manifest = {"parameters": parameters, "version": version, "dates": digests, "etags": etags}
    # The manifest goes first without etags: a landing that dies here is neither complete nor readable.
    write_manifest(blobs, manifest)
    for day, name in landed_names(blobs).items():
        if day not in contents:
            blobs.delete(name)
    for day, content in contents.items():
        name = f"{folder()}/date={day}/part-0.parquet"
        etags[name] = blobs.write(name, content)
    write_manifest(blobs, manifest)
    rows = sum(len(frame) for frame in frames.values())
    return f"landed {rows} rows on {len(contents)} dates: data version {version}"


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def main(argv: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog=f"{__package__}.land", description="Lands rows by date.")
    parser.add_argument("--as-of", type=date.fromisoformat, default=date.today(), metavar="YYYY-MM-DD")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--source", type=Path, help="your own .csv or .parquet file")
    parser.add_argument("--sample", type=int, help="of your own file, about this many rows")
    parser.add_argument("--replace", action="store_true", help="replace a landing of other parameters")
    try:
        print(land(parser.parse_args(argv), container()))
    except (BlobError, DataError) as error:
        print(f"land: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
