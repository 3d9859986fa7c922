"""The synthetic population keeps the contract, and no two environments share a row; where there is one."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ecluse.contract import Contract
from ecluse.usecase import Population, Scenarios, UseCase

DAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def population(use_case: UseCase) -> Population:
    if use_case.population is None:
        pytest.skip("the use case has no synthetic population")
    return use_case.population


@pytest.fixture(scope="module")
def scenarios(use_case: UseCase) -> Scenarios:
    if use_case.scenarios is None:
        pytest.skip("the use case has no scenarios")
    return use_case.scenarios


def test_rows_keep_the_contract(population: Population, contract: Contract) -> None:
    frame = population.draw_day(4_000, 7, "test", DAY)
    assert (list(frame), len(frame), frame[contract.id].is_unique) == (contract.columns, 4_000, True)
    for name, categories in contract.categorical.items():
        assert set(frame[name].dropna()) <= set(categories), name
    for name, (low, high) in contract.ranges.items():
        assert frame[name].dtype == np.float64
        assert frame[name].dropna().between(low, high).all(), name


def test_environments_share_no_row(population: Population, contract: Contract) -> None:
    dev, prod = (population.draw_day(2_000, 7, environment, DAY) for environment in ("dev", "prod"))
    assert set(dev[contract.id]).isdisjoint(prod[contract.id])
    compared = [*contract.inputs, contract.target]
    assert dev[compared].merge(prod[compared], how="inner").empty


def test_the_same_key_draws_the_same_rows(population: Population) -> None:
    one, same, other = (population.draw_day(500, seed, "dev", DAY) for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(one, same)
    assert not other.equals(one)


def test_every_scenario_has_the_inputs(scenarios: Scenarios, contract: Contract) -> None:
    for name in ["clean", "drifted", *scenarios.SCENARIOS, "+".join(scenarios.SCENARIOS)]:
        assert set(contract.inputs) <= set(scenarios.scenario_day(500, 7, "dev", DAY, name)), name


def test_traffic_is_not_what_landed(population: Population, scenarios: Scenarios, contract: Contract) -> None:
    landed = set(population.draw_day(2_000, 7, "dev", DAY)[contract.id])
    dev, prod = (
        set(scenarios.scenario_day(2_000, 7, environment, DAY, "clean")[contract.id])
        for environment in ("dev", "prod")
    )
    assert landed.isdisjoint(dev) and dev.isdisjoint(prod)


def test_an_unknown_scenario_is_refused(scenarios: Scenarios) -> None:
    with pytest.raises(ValueError, match=r"scenario must be one of clean, .*got 'no such'"):
        scenarios.scenario_day(10, 7, "dev", DAY, "clean+no such")
