"""A container as a setting: opened when the settings are read."""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ecluse_core.container import BlobError, Container
from ecluse_core.opening import open_container


@dataclass(frozen=True)
class Opened:
    """Marks a variable that holds the URL of a container, which is opened; a request may take `seconds`."""

    variable: str
    seconds: int = 60

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Opens it with what else is in the environment: keys, or the pod's identity."""
        return core_schema.with_info_plain_validator_function(self._open)

    def __get_pydantic_json_schema__(self, _: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """A URL that may hold a signature."""
        return {"type": "string", "writeOnly": True}

    def _open(self, _value: Any, info: core_schema.ValidationInfo) -> Container:
        try:
            return open_container(self.variable, info.context or {}, self.seconds)
        except BlobError as error:
            # It names the variable, as the line that it becomes part of does.
            raise ValueError(str(error).removeprefix(f"{self.variable} ")) from None
