"""How settings are read: what counts as set, and that an error names key, value and fix, and no secret."""

from collections.abc import Mapping
from typing import Annotated, Literal

import pytest
from pydantic import Json

from ecluse_core.errors import SettingError
from ecluse_core.settings import Address, Document, Environment, Port, Secret, Share, matches


class Part(Document):
    share: Share
    key: Secret = ""


class Given(Environment):
    port: Port
    color: Literal["red", "blue"] = "red"
    parts: Json[tuple[Part, ...]] = ()
    server: Address = ""
    commit: Annotated[str, matches("[0-9a-f]{4}", "four hex digits")] = "abcd"
    token: Secret = ""


def test_an_empty_variable_counts_as_not_set() -> None:
    given = Given.read({"ECLUSE_PORT": "1", "ECLUSE_COLOR": "", "OTHER": "x", "ECLUSE_SERVER": "http://s//"})
    assert (given.port, given.color, given.server) == (1, "red", "http://s")
    with pytest.raises(SettingError, match=r"^ECLUSE_PORT is not set; see docs/architecture\.md"):
        Given.read({"ECLUSE_PORT": ""})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ECLUSE_PORT": "0"}, "ECLUSE_PORT must be 1 to 65535, got '0'"),
        ({"ECLUSE_PORT": " 1"}, "ECLUSE_PORT must be 1 to 65535, got ' 1'"),
        ({"ECLUSE_PORT": "1_0"}, "ECLUSE_PORT must be 1 to 65535, got '1_0'"),
        ({"ECLUSE_PORT": "٣"}, "ECLUSE_PORT must be 1 to 65535, got '٣'"),
        ({"ECLUSE_COLOR": "green"}, "ECLUSE_COLOR must be 'red' or 'blue', got 'green'"),
        ({"ECLUSE_COMMIT": "abcd\n"}, "ECLUSE_COMMIT must be four hex digits, got 'abcd\\n'"),
        ({"ECLUSE_PARTS": "["}, "ECLUSE_PARTS is not JSON: EOF while parsing a list at line 1 column 1"),
        ({"ECLUSE_PARTS": "{}"}, "ECLUSE_PARTS must be a list, got a dict"),
        (
            {"ECLUSE_PARTS": '[{"share": 2}]'},
            "ECLUSE_PARTS[0].share must be less than or equal to 1, got 2",
        ),
        ({"ECLUSE_PARTS": '[{"share": "1"}]'}, "ECLUSE_PARTS[0].share must be a valid number, got '1'"),
        ({"ECLUSE_PARTS": "[{}]"}, "ECLUSE_PARTS[0].share is missing; add it"),
        ({"ECLUSE_PARTS": '[{"share": 1, "x": "y"}]'}, "ECLUSE_PARTS[0].x is no setting; leave it out, or"),
        ({"ECLUSE_PARTS": '[{"share": 1, "key": 7}]'}, "ECLUSE_PARTS[0].key must be a valid string"),
    ],
)
def test_a_wrong_value_is_named(change: Mapping[str, str], message: str) -> None:
    with pytest.raises(SettingError) as error:
        Given.read({"ECLUSE_PORT": "1", **change})
    assert str(error.value).startswith(message)
    assert "got 7" not in str(error.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingError, match=r"^ECLUSE_PORT is not set; .*; ECLUSE_COLOR must be"):
        Given.read({"ECLUSE_COLOR": "green"})


def test_a_secret_is_in_no_text_of_its_settings() -> None:
    given = Given.read({"ECLUSE_PORT": "1", "ECLUSE_TOKEN": "hidden"})
    assert given.token == "hidden" and "hidden" not in repr(given)
