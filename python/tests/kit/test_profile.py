"""The contract that is proposed for a file: its own rows keep it, and it says what a person should check."""

from datetime import date
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from ecluse.__main__ import main
from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse.file_format import FileFormat
from ecluse.profile import Column, Profile, profile
from ecluse.proposal import contract_of, outcomes, source, task_of, wide
from ecluse.source import read_source

DATES = [date(2026, month, 1) for month in range(1, 11)]


def proposed(found: Profile) -> Contract:
    """The contract of the text that a person would be given."""
    names: dict[str, Any] = {}
    exec(source(found), names)
    assert names["CONTRACT"] == contract_of(found)
    return names["CONTRACT"]


def kinds(found: Profile) -> dict[str, str]:
    return {column.name: column.kind for column in found.columns}


def german(path: Path) -> Path:
    """An export of a German program, with all that such files have."""
    rng = np.random.default_rng(1)
    lines = ["kunde;alter;stadt;umsatz;seit;geändert;plz;gekündigt;leer;land;anmerkung"]
    for row in range(200):
        sales = f"{row % 9 + 1}.{rng.integers(100, 999)},{rng.integers(10, 99)}" if row % 7 else "-"
        town, code = ("Köln", "01067") if row % 3 else ("Ulm", "50667")
        lines.append(
            f"K{row:04};{rng.integers(18, 80)};{town};{sales};{row % 28 + 1:02}.05.2025;24.12.2025;{code};"
            f"{'ja' if row % 4 == 0 else 'nein'};;DE;Nr. {row}"
        )
    path.write_text("\n".join(lines) + "\n", "cp1252")
    return path


def test_a_file_of_another_country(tmp_path: Path) -> None:
    path = german(tmp_path / "kunden.csv")
    found = profile(path, "gekündigt")
    assert found.written == FileFormat(
        separator=";", decimal=",", thousands=".", encoding="cp1252", dates="%d.%m.%Y", nulls=("-",)
    )
    assert kinds(found) == {
        "kunde": "id", "alter": "numeric", "stadt": "categorical", "umsatz": "numeric", "seit": "date",
        "geändert": "left out", "plz": "categorical", "gekündigt": "target", "leer": "left out",
        "land": "left out", "anmerkung": "left out",
    }  # fmt: skip
    contract = proposed(found)
    assert contract.outcomes == ("nein", "ja") and contract.categorical["plz"] == ("01067", "50667")
    landed = pd.concat(read_source(path, contract, DATES).values())
    assert len(landed) == 200 and landed["gekündigt"].sum() == 50
    assert landed["umsatz"].isna().sum() == 29 and landed["umsatz"].max() > 9_000
    text = source(found)
    assert '# land is left out: it is "DE" in each row' in text and "# leer is left out: it is empty" in text
    assert "# anmerkung is left out: it is text; list it in text=(…)" in text


@pytest.mark.parametrize(
    ("load", "check"),
    [
        (load_diabetes, {"target_range": (0.0, 700.0), "classes": ()}),
        (load_breast_cancer, {"target_range": None, "classes": (), "outcomes": ("0", "1")}),
    ],
)
def test_real_data_lands_by_its_own_contract(tmp_path: Path, load: Any, check: dict[str, Any]) -> None:
    frame = load(as_frame=True).frame.rename_axis("row").reset_index()
    frame.to_csv(tmp_path / "own.csv", index=False)
    contract = proposed(profile(tmp_path / "own.csv", "target"))
    assert {name: getattr(contract, name) for name in check} == check
    assert contract.id == "row" and len(contract.numeric) == len(frame.columns) - 2
    landed = pd.concat(read_source(tmp_path / "own.csv", contract, DATES).values())
    assert len(landed) == len(frame) and landed[contract.inputs].notna().all(axis=None)


def test_names_are_classes_and_parquet_has_types(tmp_path: Path) -> None:
    frame = cast(Any, load_wine(as_frame=True)).frame
    frame = frame.assign(target=frame["target"].map({0: "barolo", 1: "grignolino", 2: "barbera"}),
                         wine=[f"w{row}" for row in range(len(frame))],
                         old=frame["alcohol"] > 13, made=pd.Timestamp("2026-03-01"))  # fmt: skip
    frame.loc[5, "made"] = pd.Timestamp("2026-04-05")
    frame.to_parquet(tmp_path / "own.parquet")
    contract = proposed(profile(tmp_path / "own.parquet", "target", "wine"))
    assert contract.classes == ("barbera", "barolo", "grignolino") and contract.date == "made"
    assert task_of(contract) == "multiclass"
    assert contract.categorical == {"old": ("False", "True")}
    landed = read_source(tmp_path / "own.parquet", contract, DATES)
    assert {str(day): len(rows) for day, rows in landed.items()} == {"2026-03-01": 177, "2026-04-05": 1}


def test_what_a_person_should_look_at_is_said(tmp_path: Path) -> None:
    lines = [f"c{row},{row % 9},0{row % 3 + 1}/0{row % 9 + 1}/2025,{row % 2}" for row in range(60)]
    (tmp_path / "own.csv").write_text("\n".join(["id,age,when,left", *lines]) + "\n")
    found = profile(tmp_path / "own.csv", "left")
    assert found.notes == ["dates fit %d/%m/%Y and %m/%d/%Y: check which it is"]
    assert "# dates fit" in source(found)


@pytest.mark.parametrize(
    ("content", "target", "identity", "message"),
    [
        ("id,a,y\n" + "1,2,0\n" * 9, "y", "", "no column is another one in each row; name the id with --id"),
        ("id,a,y\n1,2,0\n2,3,\n", "y", "", r"column y is empty in 50\.0% of 2 rows"),
        ("id,a,y\n1,2,0\n2,3,1\n", "z", "", "column z is missing; it must have z, and has 'id', 'a', 'y'"),
        ("id,a,y\n1,2,u\n2,3,u\n", "y", "", "column y has 1 different texts"),
        ("id,a,y\n1,2,0\n2,3,1\n", "y", "b", "column b is missing"),
        ("id,y\n1,0\n2,1\n", "y", "", "there is no input"),
    ],
)
def test_what_makes_no_contract(
    tmp_path: Path, content: str, target: str, identity: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.csv").write_text(content)
    words = [
        "profile",
        str(tmp_path / "own.csv"),
        "--target",
        target,
        *(["--id", identity] if identity else []),
    ]
    assert main(words) == 1
    assert capsys.readouterr().err.startswith("profile: ")
    with pytest.raises(KitError, match=message):
        source(profile(tmp_path / "own.csv", target, identity))


@pytest.mark.parametrize(
    ("low", "high", "limits"),
    [(18, 80, (0, 200)), (-5, 5, (-20, 20)), (0, 0, (0, 1)), (0.5, 0.7, (0.3, 0.9)), (-9, -1, (-20, 0))],
)
def test_ranges_have_room_and_keep_their_sign(low: float, high: float, limits: tuple[float, float]) -> None:
    assert wide(Column("n", "numeric", low=low, high=high)) == limits


def test_the_word_for_yes_is_one_else_the_rarer() -> None:
    assert outcomes(Column("y", "target", values=("Yes", "No"))) == ("No", "Yes")
    assert outcomes(Column("y", "target", values=("no", "yes"))) == ("no", "yes")
    assert outcomes(Column("y", "target", values=("kept", "left"))) == ("kept", "left")
