"""The schemas that the stacks are tested against are those of the models that read what they give."""

from schemas.generate import FOLDER, TYPES, schemas, text, types


def test_the_schemas_in_the_repository_are_the_models_own() -> None:
    committed = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert committed == {name: text(schema) for name, schema in schemas().items()}, "run npm run schemas"


def test_the_types_of_the_stacks_are_the_models_own() -> None:
    assert TYPES.read_text() == types(), "run npm run schemas"
