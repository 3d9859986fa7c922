"""Containers on real servers: Azurite, by SAS and by the account's key, and S3."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ecluse_core.container import BlobError, Changed, Container, Missing
from ecluse_core.opening import open_container
from ecluse_monitor.state import State
from ecluse_monitor.store import StateFile
from tests.core.azurite import Azurite
from tests.core.s3 import S3, s3_server

NAME = "churn/date=2026-11-01/a b.parquet"


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """An S3 server with a bucket `data`."""
    with s3_server(Path(tmp_path_factory.mktemp("s3")), "data") as server:
        yield server


@pytest.fixture(params=["sas", "key", "s3"])
def environ(request: pytest.FixtureRequest) -> dict[str, str]:
    """The variables of a container at each kind of server, with all rights."""
    if request.param == "s3":
        return request.getfixturevalue("s3").environ(URL="data")
    azurite: Azurite = request.getfixturevalue("azurite")
    name = azurite.make_any()
    if request.param == "sas":
        return {"URL": azurite.url(name, "read-write-delete")}
    return {"URL": f"{azurite.endpoint}/{name}", **azurite.credentials}


@pytest.fixture
def container(environ: dict[str, str]) -> Iterator[Container]:
    opened = open_container("URL", environ)
    yield opened
    for name in opened.etags():
        opened.delete(name)


def test_what_is_written_is_read_and_listed(container: Container) -> None:
    etag = container.write(NAME, b"one")
    other = container.write("churn/date=2026-11-02/b.parquet", b"x" * 12_000_000)
    container.write("churn/date=2026-11-0/c.parquet", b"")
    assert (container.read(NAME).content, container.read(NAME).etag) == (b"one", etag)
    assert container.etags("churn/date=2026-11-01") == {NAME: etag}
    assert list(container.etags()) == sorted(container.etags("churn")) and len(container.etags()) == 3
    assert container.etags()["churn/date=2026-11-02/b.parquet"] == other
    assert container.etags("nothing") == {}
    assert container.write(NAME, b"two") != etag
    container.delete(NAME)
    with pytest.raises(
        Missing, match=r"a b.parquet cannot be read: FileNotFoundError, 404, (BlobNotFound|NoSuchKey)"
    ):
        container.read(NAME)


def test_a_write_replaces_only_what_it_was_meant_to(container: Container) -> None:
    with pytest.raises(Changed, match="state cannot be written: another writer was first"):
        container.write("state", b"", replacing="0x8DB")
    first = container.write("state", b"1", replacing="")
    with pytest.raises(Changed):
        container.write("state", b"2", replacing="")
    second = container.write("state", b"3", replacing=first)
    with pytest.raises(Changed):
        container.write("state", b"4", replacing=first)
    assert (container.read("state").content, container.read("state").etag) == (b"3", second)


def test_no_update_of_the_state_is_lost_to_another(container: Container) -> None:
    def add(number: int) -> None:
        def change(state: State) -> State:
            return {**state, "outbox": [*state["outbox"], {"id": "", "text": str(number), "run": ""}]}

        StateFile(container, "state.json").update(change)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(12)))
    state, _ = StateFile(container, "state.json").read()
    assert sorted(int(message["text"]) for message in state["outbox"]) == list(range(12))


def test_a_wrong_key_is_told_and_no_secret_with_it(environ: dict[str, str]) -> None:
    secret = "c2VjcmV0"
    if "AZURE_STORAGE_CONNECTION_STRING" in environ:
        wrong = {**environ, "AZURE_STORAGE_CONNECTION_STRING": f"AccountName=dev;AccountKey={secret}"}
    else:
        url = environ["URL"].partition("&sig=")[0]
        wrong = {**environ, "URL": url if url.startswith("s3") else f"{url}&sig={secret}"}
        wrong["AWS_SECRET_ACCESS_KEY"] = secret
    opened = open_container("URL", wrong)
    for use in (lambda: opened.read(NAME), lambda: opened.write(NAME, b""), lambda: opened.etags("churn")):
        with pytest.raises(BlobError, match=r"cannot be (read|written|listed): \w+.*, 403, \w+") as error:
            use()
        assert secret not in str(error.value) and "http" not in str(error.value)


def test_a_right_that_a_sas_lacks_is_told(azurite: Azurite) -> None:
    url = azurite.url(azurite.make_any(), "read")
    opened = open_container("URL", {"URL": url})
    with pytest.raises(
        BlobError, match="PermissionDeniedError, 403, AuthorizationPermissionMismatch"
    ) as error:
        opened.write(NAME, b"")
    assert url.partition("?")[2] not in str(error.value)


def test_a_container_that_is_not_there_is_told(s3: S3) -> None:
    opened = open_container("URL", s3.environ(URL="nowhere"))
    with pytest.raises(Missing, match="cannot be written: FileNotFoundError, 404, NoSuchBucket"):
        opened.write(NAME, b"")
