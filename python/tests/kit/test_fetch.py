"""Rows of a query and of a container: the same as of a file, and no secret in a message."""

import sqlite3
from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest

from ecluse.__main__ import main
from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse.fetch import fetch
from ecluse.source import read_source
from ecluse_core.container import BlobError
from tests.identity.postgres import Postgres, postgres

CONTRACT = Contract(
    target="bad", id="lot", categorical={"line": ("A", "01")}, numeric={"heat": (0, 500)}, date="made"
)
ROWS = [
    ("7", "A", 20.5, 0, "2026-01-05"),
    ("8", "01", None, 1, "2026-02-05"),
    ("9", None, 480, 0, "2026-02-05"),
]
EXPECTED = {
    date(2026, 1, 5): [["7", "A", 20.5, 0]],
    date(2026, 2, 5): [["8", "01", None, 1], ["9", None, 480.0, 0]],
}


def landed(path: Path) -> dict[date, list[list[object]]]:
    frames = read_source(path, CONTRACT, [date(2026, 1, 1)])
    named = {day: frame[["lot", "line", "heat", "bad"]].astype(object) for day, frame in frames.items()}
    return {day: frame.where(frame.notna(), None).to_numpy().tolist() for day, frame in named.items()}


@pytest.fixture
def query(tmp_path: Path) -> Path:
    path = tmp_path / "lots.sql"
    path.write_text("SELECT lot, line, heat, bad, made FROM lots ORDER BY lot\n")
    return path


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    file = tmp_path / "lots.db"
    with sqlite3.connect(file) as opened:
        opened.execute("CREATE TABLE lots (lot INTEGER, line TEXT, heat REAL, bad INTEGER, made TEXT)")
        opened.executemany("INSERT INTO lots VALUES (?, ?, ?, ?, ?)", ROWS)
    url = f"sqlite:///{file}"
    monkeypatch.setenv("ECLUSE_SOURCE_DATABASE", url)
    return url


@pytest.fixture(scope="module")
def server() -> Generator[Postgres, None, None]:
    with postgres() as running:
        running.run(
            "CREATE TABLE lots (lot bigint, line text, heat numeric(9, 2), bad boolean, made date)",
            "INSERT INTO lots VALUES (7, 'A', 20.5, false, '2026-01-05'), "
            "(8, '01', NULL, true, '2026-02-05'), (9, NULL, 480, false, '2026-02-05')",
            "CREATE ROLE reader LOGIN PASSWORD 'hunter2-of-the-database'",
            "GRANT SELECT ON lots TO reader",
        )
        yield running


def test_a_query_of_sqlite_lands_as_its_file_would(query: Path, database: str, tmp_path: Path) -> None:
    assert database.startswith("sqlite")
    assert landed(fetch(str(query), tmp_path)) == EXPECTED


def test_a_query_of_postgresql_lands_with_its_own_types(
    query: Path, server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.uri("reader:hunter2-of-the-database", "postgres")
    monkeypatch.setenv("ECLUSE_SOURCE_DATABASE", url)
    assert landed(fetch(str(query), tmp_path)) == EXPECTED
    query.write_text("DELETE FROM lots")
    with pytest.raises(KitError, match=r"lots\.sql: the query failed .*permission denied for table lots"):
        fetch(str(query), tmp_path)


def test_a_database_that_cannot_be_asked_is_named_without_its_secret(
    query: Path, server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = server.uri("reader:hunter2-that-is-wrong", "postgres")
    for url, said in (
        (wrong, "password authentication failed"),
        ("reader:hunter2@host", "is no URL of SQLAlchemy"),
        ("oracle9://reader:hunter2@host/x", "the query failed"),
    ):
        monkeypatch.setenv("ECLUSE_SOURCE_DATABASE", url)
        with pytest.raises(KitError, match=said) as refused:
            fetch(str(query), tmp_path)
        assert "hunter2" not in str(refused.value)
    monkeypatch.delenv("ECLUSE_SOURCE_DATABASE")
    with pytest.raises(KitError, match="ECLUSE_SOURCE_DATABASE is not set"):
        fetch(str(query), tmp_path)


def test_a_column_of_two_types_is_refused_by_name(query: Path, database: str, tmp_path: Path) -> None:
    query.write_text("SELECT 1 AS lot UNION ALL SELECT 'two'")
    with pytest.raises(KitError, match=r"column lot of the query: .*cast it to one type"):
        fetch(str(query), tmp_path)
    query.write_text("SELECT x'00' AS lot")
    with pytest.raises(KitError, match="column lot of the query holds bytes; cast it to text or a number"):
        fetch(str(query), tmp_path)


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "container"
    (folder / "exports/2026").mkdir(parents=True)
    head = "lot,line,heat,bad,made\n"
    (folder / "exports/2026/jan.csv").write_text(head + "7,A,20.5,0,2026-01-05\n")
    (folder / "exports/2026/feb.csv").write_text(head + "8,01,,1,2026-02-05\n9,,480,0,2026-02-05\n")
    (folder / "exports/2026/README.md").write_text("no rows")
    monkeypatch.setenv("ECLUSE_SOURCE_URL", f"file://{folder}")
    return folder


def test_a_blob_and_a_folder_of_blobs_land_as_files_would(container: Path, tmp_path: Path) -> None:
    assert container.is_dir()
    assert landed(fetch("blob:exports/2026", tmp_path)) == EXPECTED
    one = fetch("blob:exports/2026/jan.csv", tmp_path)
    assert (one.name, list(landed(one))) == ("jan.csv", [date(2026, 1, 5)])
    with pytest.raises(KitError, match=r"blob:exports/2027: no blob in it ends with \.csv"):
        fetch("blob:exports/2027", tmp_path)
    with pytest.raises(BlobError, match=r"exports/none\.csv"):
        fetch("blob:exports/none.csv", tmp_path)


def test_the_command_prints_where_the_rows_are(
    container: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", "blob:exports/2026/jan.csv", "--to", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/jan.csv\n"
    assert main(["fetch", "blob:none", "--to", str(tmp_path)]) == 1
    assert "fetch: blob:none: no blob in it ends with" in capsys.readouterr().err
