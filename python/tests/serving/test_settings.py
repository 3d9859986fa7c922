"""Every variable of the model server, missing or wrong, is named."""

import pytest

from ecluse_core.errors import SettingError
from ecluse_serving.settings import Settings
from tests.identity.tracking import SERVING, identity_document
from tests.release.training import key_pair

GOOD = {
    "ECLUSE_PORT": "4000",
    "ECLUSE_ENVIRONMENT": "prod",
    "ECLUSE_USE_CASE": "bank-churn",
    "ECLUSE_IDENTITY": identity_document("http://forge.test", "http://forge.test/k", {"keys": []}, SERVING),
    "ECLUSE_SERVING_CALLERS": '["person:*"]',
    "MLFLOW_TRACKING_URI": "http://127.0.0.1:4001",
    "MLFLOW_WORKSPACE": "bank-churn",
    "ECLUSE_TRACKING_TOKEN_FILE": "/run/token",
    "ECLUSE_SIGNING_PUBLIC_KEY": key_pair()[1],
    "ECLUSE_INFERENCE_URL": "http://127.0.0.1:4002/prod/inference?sig=secret",
    "ECLUSE_SERVING_FOLDER": "/var/lib/serving",
}


def test_good_settings() -> None:
    given = Settings.read(GOOD)
    assert (given.host, given.port, given.callers) == ("127.0.0.1", 4000, ("person:*",))
    assert (given.champion_seconds, given.flush_seconds, given.backdaters) == (30, 10, ())
    named = Settings.read({**GOOD, "ECLUSE_SERVING_BACKDATERS": '["person:demonstration"]'})
    assert named.backdaters == ("person:demonstration",)


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(SettingError, match=f"{name} is not set"):
        Settings.read({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ECLUSE_PORT", "http", "ECLUSE_PORT must be 1 to 65535, got 'http'"),
        ("ECLUSE_SERVING_CALLERS", '"person:*"', "must be a list, got 'person:.'"),
        ("ECLUSE_CHAMPION_SECONDS", "0", "ECLUSE_CHAMPION_SECONDS must be 1 to 3600, got '0'"),
        ("ECLUSE_FLUSH_SECONDS", "0", "ECLUSE_FLUSH_SECONDS must be 1 to 600, got '0'"),
        ("ECLUSE_INFERENCE_URL", "/secret/inference", "ECLUSE_INFERENCE_URL must be like https"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingError, match=message) as error:
        Settings.read({**GOOD, name: value})
    assert "secret" not in str(error.value)


def test_a_private_key_is_no_public_key() -> None:
    with pytest.raises(SettingError, match="not an EC P-256 public key"):
        Settings.read({**GOOD, "ECLUSE_SIGNING_PUBLIC_KEY": key_pair()[0]})
