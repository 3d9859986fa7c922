"""What nobody signed is said: it runs after the tests that count on records as releases leave them."""

import pytest
from mlflow import MlflowClient

from ecluse_release.records import CHANGE_TAG as TAG
from ecluse_release.records import REFUSAL_TAG as REFUSED
from tests.identity.tracking import RunningEnvironment
from tests.release.released import FIRST, as_release, read, traced, version
from tests.release.training import USE_CASE, key_pair


def test_what_is_not_signed_is_said(released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may write to the registry, and has no key, can neither claim a change nor make one unseen."""
    found = read(released, monkeypatch)
    champion, former = version(found, "2"), version(found, "1")
    as_release(released, FIRST, monkeypatch)
    client = MlflowClient()
    of_other = next(
        jws
        for name, jws in client.get_model_version(USE_CASE, champion.version).tags.items()
        if name.startswith(TAG)
    )
    _, key = key_pair()
    client.set_model_version_tag(USE_CASE, former.version, f"{TAG}copied", of_other)
    client.set_model_version_tag(USE_CASE, former.version, f"{TAG}made-up", f"{key}.a.b")
    client.set_registered_model_tag(USE_CASE, f"{REFUSED}made-up", of_other)
    client.set_model_version_tag(USE_CASE, former.version, "ecluse.manifest", "x")
    client.set_registered_model_alias(USE_CASE, "champion", former.version)
    found = read(released, monkeypatch)
    copied, made_up, refusal, alias = found.problems
    assert f"{TAG}copied of version {former.version}: the change is of" in copied
    assert "not signed by this environment's release key" in made_up
    assert "has type 'ecluse-champion-change', not 'ecluse-refusal'" in refusal
    assert f"version {former.version} has the alias champion, and the last change made" in alias
    assert "not signed" in str(version(found, "1").refused) and version(found, "1").gates == []
    [lineage] = traced(released, monkeypatch, FIRST).versions
    assert (lineage.signature, lineage.files) == ("", {})
    assert "the manifest is not signed by this environment's release key" in lineage.problems[0]
