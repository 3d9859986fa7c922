"""How often a model server asks who is champion: it and the release that waits for it must agree."""

from collections.abc import Mapping


def champion_seconds(environ: Mapping[str, str]) -> int:
    """`ECLUSE_CHAMPION_SECONDS`, or 30 where it is not set; raises ValueError."""
    text = environ.get("ECLUSE_CHAMPION_SECONDS", "30")
    if not text.isdecimal() or not 1 <= int(text) <= 3600:
        raise ValueError(f"ECLUSE_CHAMPION_SECONDS must be 1 to 3600, got {text!r}; leave it out for 30")
    return int(text)
