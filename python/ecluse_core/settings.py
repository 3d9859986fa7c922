"""How a process reads its settings: once, at its start, by a model that says what there must be.

The models are the contract with the stacks: `python/schemas` holds them as JSON schemas. They are read by
pydantic from a mapping that the caller hands over, so that no file beside the environment can decide.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from ecluse_core.errors import SettingError

# What pydantic has Python's words for.
_KINDS = {
    **dict.fromkeys(("dataclass_type", "model_type", "dict_type", "mapping_type"), "must be an object"),
    **dict.fromkeys(("tuple_type", "list_type"), "must be a list"),
}
_PLACE = "docs/architecture.md, 'The environment of processes'"


class Document(BaseModel):
    """A document of settings: unknown keys are errors, and no value is taken for one of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Environment(BaseModel):
    """What one process is given: the field `name` is the variable ECLUSE_NAME, unless it says another."""

    model_config = ConfigDict(
        alias_generator=lambda name: f"ECLUSE_{name.upper()}",
        arbitrary_types_allowed=True,
        extra="ignore",
        frozen=True,
    )

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Reads the variables, of which an empty one counts as not set; raises SettingError."""
        given = {name: value for name, value in environ.items() if value}
        try:
            return cls.model_validate(given, context=environ)
        except ValidationError as error:
            raise SettingError(_lines(error.errors(), _secrets(cls.model_json_schema()))) from None


DocumentType = TypeVar("DocumentType", bound=Document)


def parse(model: type[DocumentType], document: object) -> DocumentType:
    """A document that was read already, as its model; raises SettingError."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise SettingError(_lines(error.errors(), set())) from None


def _secrets(schema: object) -> set[str]:
    """The names, at any depth of a schema, of what must never be shown."""
    if isinstance(schema, list):
        return {name for item in cast(list[object], schema) for name in _secrets(item)}
    if not isinstance(schema, dict):
        return set()
    found = cast(dict[str, object], schema)
    hidden = {name for name, value in found.items() if isinstance(value, dict) and value.get("writeOnly")}
    return hidden.union(*(_secrets(value) for value in found.values()))


def _lines(errors: Iterable[ErrorDetails], secrets: set[str]) -> str:
    return "; ".join(_line(error, secrets) for error in errors)


def _line(error: ErrorDetails, secrets: set[str]) -> str:
    place, kind, context = error["loc"], error["type"], error.get("ctx", {})
    key = _key(place)
    if kind == "missing":
        variable = len(place) == 1 and key.isupper()
        return f"{key} is not set; see {_PLACE}" if variable else f"{key} is missing; add it"
    if kind == "json_invalid":
        return f"{key} is not JSON: {context.get('error')}; the stack sets it"
    if kind == "extra_forbidden" or kind == "unexpected_keyword_argument":
        return f"{key} is no setting; leave it out, or correct its name"
    if kind == "value_error":
        return f"{key} {context.get('error')}".strip()
    text = _KINDS.get(kind) or re.sub(r"^\w+ should ", "must ", error["msg"])
    return f"{key} {text}" if secrets.intersection(place) else f"{key} {text}, got {_shown(error['input'])}"


def _shown(value: object) -> str:
    """A value, as far as it is one of a single key: what is below another may hold a secret."""
    return f"a {type(value).__name__}" if isinstance(value, dict | list | tuple) else repr(value)[:80]


def _key(place: tuple[int | str, ...]) -> str:
    """ECLUSE_IDENTITY: issuers[0].kind, or drift.fdr of a document that is no variable's."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
    return re.sub(r"^([A-Z_]+)\.", r"\1: ", text)


@dataclass(frozen=True)
class Whole:
    """Marks a variable that holds a whole number of these bounds."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Digits, and nothing that Python would take for a number beside them."""
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """What JSON schema has for it: a variable is text."""
        return {"type": "string", "pattern": "^[0-9]+$", "description": f"{self.least} to {self.most}"}

    def _read(self, value: Any) -> int:
        if re.fullmatch("[0-9]+", str(value), re.ASCII) and self.least <= int(value) <= self.most:
            return int(value)
        raise ValueError(f"must be {self.least} to {self.most}, got {value!r}")


def matches(pattern: str, form: str) -> AfterValidator:
    """Marks a text that must match a pattern as a whole; `form` says in words what it must be."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"must be {form}, got {value[:80]!r}")
        return value

    return AfterValidator(check)


def _day(value: object) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value), re.ASCII):
            raise ValueError
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"must be a day such as 2030-01-31, got {str(value)[:40]!r}") from None


Day = Annotated[
    date, BeforeValidator(_day), PlainSerializer(str), WithJsonSchema({"type": "string", "format": "date"})
]
"""A day of the calendar, in UTC where a time is held against it."""
Port = Annotated[int, Whole(1, 65535)]
Flag = Annotated[bool, WithJsonSchema({"type": "string", "enum": ["true", "false"]})]
"""A variable that is true or false, which JSON schema knows as text."""
Secret = Annotated[str, Field(repr=False, json_schema_extra={"writeOnly": True})]
Address = Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]
"""A URL that paths are appended to."""
Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
