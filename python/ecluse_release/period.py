"""How often a model server asks who is champion: it and the release that waits for it must agree."""

from typing import Annotated

from ecluse_core.settings import Whole

ChampionSeconds = Annotated[int, Whole(1, 3600)]
"""`ECLUSE_CHAMPION_SECONDS`, 30 where it is not set."""
