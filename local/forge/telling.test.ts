import { expect, it } from "vitest";
import { tellingLines } from "./telling";

const pytest = `..F.
=================================== FAILURES ===================================
______________________________ test_quality_floor ______________________________

contract = Contract(target='exited')

    def test_quality_floor(contract: Contract, limits: Limits) -> None:
>       limits.check("quality_floor", reached, kind.measure)

ecluse/checks/model/test_quality.py:21:
E           AssertionError: quality_floor (ROC AUC): 0.61, and limits.yaml asks for at least 0.8. To do: improve
E           assert 0.61 > 0.8
ecluse/limits.py:88: AssertionError
_______________ ERROR at setup of test_calibration _______________
E   Failed: the landed data changed since the training: train again
=========================== short test summary info ============================
FAILED ecluse.checks.model::test_quality_floor - AssertionError: quality_f...
1 failed, 3 passed in 2.1s`;

it("names the failed test with its value, its bound and what to do", () => {
  expect(tellingLines(pytest)).toEqual([
    "test_quality_floor: quality_floor (ROC AUC): 0.61, and limits.yaml asks for at least 0.8. To do: improve",
    "test_calibration: the landed data changed since the training: train again",
  ]);
});

it("shows types and form by file, and how the form is repaired", () => {
  expect(tellingLines("All good\n/builds/src/model.py:3:5 - error: Argument of type\n1 error\n")).toEqual([
    "/builds/src/model.py:3:5 - error: Argument of type",
  ]);
  const ruff = "F401 [*] `os` imported but unused\n --> src/model.py:1:8\n  |\nFound 1 error.";
  expect(tellingLines(ruff)).toEqual([
    "F401 [*] `os` imported but unused",
    " --> src/model.py:1:8",
    expect.stringContaining("--fix"),
  ]);
  expect(tellingLines("Would reformat: src/model.py\n1 file would be reformatted")).toHaveLength(2);
});

it("shows the last lines of any other, and never more than a screen", () => {
  expect(tellingLines("a\nb\nc\nd\ne\nf\ntrain: ECLUSE_DATA_URL is not set\n")).toEqual([
    ...["b", "c", "d", "e", "f"],
    "train: ECLUSE_DATA_URL is not set",
  ]);
  expect(tellingLines("/a.py:1:1 - error: b\n".repeat(500))).toHaveLength(20);
});
