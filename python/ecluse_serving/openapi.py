"""The OpenAPI document of a model server, with the inputs of the model that serves."""

from collections.abc import Sequence
from typing import Any, Final

from ecluse_core.answer import CLASS, SCORE
from ecluse_models.model import Column
from ecluse_serving.answers import PROBABILITIES
from ecluse_serving.champion import Champion
from ecluse_serving.explaining import MOST_ROWS, REASONS
from ecluse_serving.records import LONGEST_ID, MAX_RECORDS

_TYPES: Final[dict[str, tuple[dict[str, Any], Any]]] = {
    "boolean": ({"type": "boolean"}, True),
    "integer": ({"type": "integer", "format": "int32"}, 1),
    "long": ({"type": "integer", "format": "int64"}, 1),
    "float": ({"type": "number", "format": "float"}, 1.5),
    "double": ({"type": "number", "format": "double"}, 1.5),
    "string": ({"type": "string"}, "text"),
}
_ID: Final = {"type": ["string", "integer"], "minLength": 1, "maxLength": LONGEST_ID}
_UUID: Final = {"type": "string", "format": "uuid"}
_EXPLAIN: Final = {
    "name": "explain",
    "in": "query",
    "required": False,
    "description": f"whether each row gets the inputs with the largest effect; at most {MOST_ROWS} rows",
    "schema": {"type": "boolean"},
}
_REASONS: Final = {
    "400": "the body does not fit; the reason names the record, the key and the value",
    "401": "no token that is trusted",
    "403": "the caller is not one that may",
    "408": "the body did not arrive in time",
    "413": "the body is too large",
    "503": "no model serves, the model fails, or the predictions cannot be logged; send it again later",
}


def document(champion: Champion) -> dict[str, Any]:
    """What callers may ask, of OpenAPI 3.1."""
    classes = champion.model.classes
    score = _post(
        "score records; each prediction is logged before it is given", _records(champion), _answer(classes)
    )
    score["parameters"] = [_header("Idempotency-Key", "a request under it is answered once"), _EXPLAIN]
    score["responses"]["409"] = _refused("the version that serves was released without what explains scores")
    score["responses"]["422"] = _refused("the Idempotency-Key came with another body before")
    labels = _post(
        "tell what predictions turned out to be", _labels(classes), _object({"labels": {"type": "integer"}})
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Model server", "version": champion.version, "description": champion.commit},
        "security": [{"bearer": []}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "paths": {"/score": {"post": score}, "/labels": {"post": labels}},
    }


def _records(champion: Champion) -> dict[str, Any]:
    inputs = champion.model.inputs
    record = _object({"id": _ID, **{column.name: _value(column) for column in inputs}})
    record["required"] = ["id", *(column.name for column in inputs if column.required)]
    records = {"type": "array", "items": record, "minItems": 1, "maxItems": MAX_RECORDS}
    body = _object({"records": records, "time": {"type": ["string", "null"], "format": "date-time"}})
    example = {"id": "c-1", **{column.name: _TYPES[column.type][1] for column in inputs}}
    return {**body, "required": ["records"], "examples": [{"records": [example]}]}


def _value(column: Column) -> dict[str, Any]:
    schema = _TYPES[column.type][0]
    return schema if column.required else {**schema, "type": [schema["type"], "null"]}


def _answer(classes: Sequence[str]) -> dict[str, Any]:
    probabilities = _object({name: {"type": "number"} for name in classes})
    several = {CLASS: {"type": "string", "enum": list(classes)}, PROBABILITIES: probabilities}
    item = {"prediction_id": _UUID, "id": {"type": "string"}, SCORE: {"type": "number"}}
    item["explanation"] = _explanation()
    item = _object({**item, **several} if classes else item)
    return _object({"model_version": {"type": "string"}, "predictions": {"type": "array", "items": item}})


def _explanation() -> dict[str, Any]:
    """What `explain=true` adds: effects and rest are the score less that of usual inputs."""
    usual = {"type": ["string", "number", "boolean"]}
    reason = _object({"input": {"type": "string"}, "effect": {"type": "number"}, "usual": usual})
    reasons = {"type": "array", "items": reason, "maxItems": REASONS}
    return _object({"usual_score": {"type": "number"}, "reasons": reasons, "rest": {"type": "number"}})


def _labels(classes: Sequence[str]) -> dict[str, Any]:
    named = {"type": ["string", "integer"], "description": f"one of {', '.join(classes)}"}
    label = {"label": named if classes else {"type": ["number", "boolean"]}}
    by_prediction = _object({"prediction_id": _UUID, **label})
    by_id = _object({"id": _ID, "date": {"type": "string", "format": "date"}, **label})
    items = {"oneOf": [{**each, "required": list(each["properties"])} for each in (by_prediction, by_id)]}
    body = _object({"labels": {"type": "array", "items": items, "minItems": 1, "maxItems": MAX_RECORDS}})
    return {**body, "required": ["labels"]}


def _post(summary: str, body: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    responses = {status: _refused(reason) for status, reason in _REASONS.items()}
    good = {"description": "done", "content": _json(answer)}
    request = {"required": True, "content": _json(body)}
    return {"summary": summary, "requestBody": request, "responses": {"200": good, **responses}}


def _refused(reason: str) -> dict[str, Any]:
    return {"description": reason, "content": _json(_object({"error": {"type": "string"}}))}


def _header(name: str, what: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$"}
    return {"name": name, "in": "header", "required": False, "description": what, "schema": schema}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
