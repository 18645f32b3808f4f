"""Other chemistries: sodium-ion against PyBaMM's own model, and bundled cells of assumed design on published
materials.
"""

import copy
import re
import warnings

import numpy as np
import pytest
from comparison import compare
from numba.core import config
from scipy.optimize import brentq

import energymodels as em
from energymodels import datasets
from energymodels.battery.parameters import material, names, sets, sheet
from energymodels.battery.parameters.functions import FUNCTIONS, KEYS
from energymodels.battery.parameters.sets import parameter_set
from energymodels.battery.parameters.tabulate import summed
from energymodels.core.errors import InputError
from energymodels.core.registry import get_model
from energymodels.kernels.constants import FARADAY, GAS

whole_runs = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="whole discharges take minutes interpreted")
DESIGNS = ("lfp-4c", "nmc811-sic", "semi-solid-360")
BUNDLED = ("lfp-18650", *DESIGNS)
SODIUM = "battery-sodium-chayambuka2022"
AMPERE_HOUR = 3600.0


def read(found, key, x, T=298.15):
    """Return a function of a set, as its tables have it."""
    x = np.asarray(x, dtype=float)
    return summed(found.tables, found.index[KEYS.index(key)], x, np.full_like(x, T))


def entry(name, section, key):
    return datasets.table(f"battery/{name}")[section][key]


def value(name, section, key):
    return entry(name, section, key)["value"]


# sodium-ion


@pytest.fixture(scope="session")
def sodium():
    """Return a function that solves PyBaMM's sodium-ion model: (voltage of the time in s, end in s, A h)."""
    from energymodels.backends.pybamm.quiet import pybamm

    def solved(rate, charge):
        with warnings.catch_warnings():
            # beyond the data's ends PyBaMM goes on along a straight line and says so
            warnings.simplefilter("ignore")
            values = pybamm.ParameterValues("Chayambuka2022")
            low, high, full, empty = (
                float(np.ravel(v)[0]) for v in pybamm.lithium_ion.get_min_max_stoichiometries(values)
            )
            for side, sto in (("negative", low if charge else high), ("positive", empty if charge else full)):
                name = f"Maximum concentration in {side} electrode [mol.m-3]"
                values[f"Initial concentration in {side} electrode [mol.m-3]"] = sto * values[name]
            current = values["Nominal cell capacity [A.h]"] * rate
            values["Current function [A]"] = -current if charge else current
            solver = pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-6)  # 1e-8 changes 0.05 mV
            simulation = pybamm.Simulation(
                pybamm.sodium_ion.BasicDFN(), parameter_values=values, solver=solver
            )
            solution = simulation.solve([0.0, 4000.0 / rate])
        end = float(solution.t[-1])
        return solution["Voltage [V]"], end, current * end / AMPERE_HOUR

    return solved


@whole_runs
@pytest.mark.parametrize(
    ("rate", "charge"),
    [
        (1.0, False),
        (1.0, True),
        *(
            pytest.param(rate, charge, marks=pytest.mark.slow)
            for rate, charge in ((0.2, False), (0.2, True), (2.0, True))
        ),
        *(pytest.param(rate, False, marks=pytest.mark.slow) for rate in (2.0, 4.0)),
    ],
)
def test_sodium_is_that_of_pybamm(sodium, rate, charge):
    """PyBaMM's BasicDFN for sodium: 1 mV rms, 0.1 % of capacity."""
    voltage, end, capacity = sodium(rate, charge)
    protocol = f"{'Charge' if charge else 'Discharge'} at {rate}C"
    ours = em.run(SODIUM, {"protocol": protocol, "mesh": "pybamm", "tolerance": 1e-5, "series.points": 200})
    assert float(ours.capacity) == pytest.approx(capacity, rel=1e-3)
    time = ours.time.values[(ours.time.values < min(end, float(ours.duration))) & (ours.time.values > 0.0)]
    deviation = np.interp(time, ours.time, ours.voltage) - voltage(time)
    assert np.sqrt(np.mean(deviation**2)) < 1e-3


def test_functions_of_the_sodium_set():
    """Points joined by straight lines, so tables are exact only between the kinks: 2 uV, 2e-5."""
    from energymodels.backends.pybamm.quiet import pybamm

    found = parameter_set("Chayambuka2022")
    values = pybamm.ParameterValues("Chayambuka2022")
    assert max(found.errors["U_N"], found.errors["U_P"]) < 2e-6
    assert max(found.errors.values()) < 2e-5
    x = np.random.default_rng(3).uniform(0.25, 0.95, 20)

    def number(symbol):
        return float(np.ravel(values.process_symbol(symbol).evaluate())[0])

    for side, end in (("Negative", "N"), ("Positive", "P")):
        potential = [number(values[f"{side} electrode OCP [V]"](pybamm.Scalar(s))) for s in x]
        assert read(found, f"U_{end}", x) == pytest.approx(potential, abs=3e-6)
        diffusivity = [
            number(values[f"{side} particle diffusivity [m2.s-1]"](pybamm.Scalar(s), 298.15)) for s in x
        ]
        assert read(found, f"D_{end}", x) == pytest.approx(diffusivity, rel=2e-5)
    conductivity = [
        number(values["Electrolyte conductivity [S.m-1]"](pybamm.Scalar(1e3 * s), 298.15)) for s in x
    ]
    assert read(found, "KAPPA", 1e3 * x) == pytest.approx(conductivity, rel=2e-6)
    assert found.scalars["positive.maximum_concentration"] == 15320.0
    assert any("sodium" in note for note in found.notes)


@whole_runs
def test_sodium_heat_stays_in_an_adiabatic_cell():
    """The set has no thermal values: they are the spec's, and heat over heat capacity is the rise."""
    spec = em.load(SODIUM)
    found = em.run(
        SODIUM, {"protocol": "Discharge at 1C", "thermal": "lumped", "heat_transfer_coefficient": 0.0}
    )
    capacity = spec.values["cell.heat_capacity"] * spec.values["cell.volume"]
    assert float(found.temperature_max) - 25.0 == pytest.approx(
        float(found.heat_total) * AMPERE_HOUR / capacity, rel=1e-6
    )
    assert float(found.temperature_max) > 26.0
    with pytest.raises(InputError, match="no Negative electrode density"):
        em.run("battery.dfn", {"parameters": "Chayambuka2022", "thermal": "lumped"})


@whole_runs
@pytest.mark.usefixtures("quick_reference")
def test_sodium_heat_is_that_of_pybamm():
    """PyBaMM's lumped heat, which its own sodium-ion model lacks, in its lithium-ion DFN with the same
    values.
    """
    values = {"protocol": "Discharge at 1C", "thermal": "lumped", "mesh": "pybamm", "tolerance": 1e-5}
    found = compare(SODIUM, values | {"series.points": 50})
    assert all(one["within"] for one in found), [one for one in found if not one["within"]]


@whole_runs
def test_simpler_sodium_models_agree_at_low_rates():
    capacities = [
        float(em.run(SODIUM, {"model": f"battery.{m}", "protocol": "Discharge at C/20"}).capacity)
        for m in ("spm", "spme", "dfn")
    ]
    assert capacities == pytest.approx([capacities[-1]] * 3, rel=1e-3)


# the bundled designs


@pytest.mark.parametrize("name", BUNDLED)
def test_every_value_is_tagged_and_in_its_range(name):
    table = datasets.table(f"battery/{name}")
    for section, units in sheet.UNITS.items():
        for key, one in table[section].items():
            assert one["method"] in datasets.METHODS, key
            assert one["unit"] == units[key]
            if "low" in one:
                assert one["low"] <= one["value"] <= one["high"], key
                assert one["low"] < one["high"], key
            for cited in re.findall(r"\b[a-z-]{3,}20[012]\d\b", one.get("note", "")):
                assert cited in datasets.table("sources"), cited


@pytest.mark.parametrize("name", DESIGNS)
def test_electrodes_are_balanced(name):
    """The capacity from one to the other stoichiometry, by geometry, is the same of both electrodes, and the
    nominal one.
    """
    per_area = []
    for side in ("negative", "positive"):
        window = value(name, side, "maximum_stoichiometry") - value(name, side, "minimum_stoichiometry")
        active = value(name, side, "surface_area") * value(name, side, "particle_radius") / 3.0
        assert active + value(name, side, "porosity") <= 1.0
        lithium = (
            active * value(name, side, "thickness") * value(name, side, "maximum_concentration") * window
        )
        per_area.append(lithium * FARADAY / AMPERE_HOUR)
    assert per_area[0] == pytest.approx(per_area[1], rel=5e-3)
    area = value(name, "cell", "electrode_area") * value(name, "cell", "electrode_pairs")
    assert value(name, "cell", "nominal_capacity") == pytest.approx(per_area[1] * area, rel=2e-3)
    # voltages at both ends, to 1 mV
    assert not any("stoichiometry limits" in note for note in parameter_set(name).notes)


@whole_runs
@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("model", ["battery.spm", "battery.spme", "battery.dfn"])
def test_a_slow_discharge_gives_the_nominal_capacity(name, model):
    found = em.run(f"battery-{name}", {"model": model, "protocol": "Discharge at C/20"})
    assert float(found.capacity) == pytest.approx(value(name, "cell", "nominal_capacity"), rel=0.01)


@whole_runs
def test_the_thin_cell_takes_more_than_the_usual_one():
    """At 4C, to the same voltage and at the same temperature, of the same materials."""
    charge = {"protocol": "Charge at 4C until 3.65 V"}
    thin, usual = (em.run(f"battery-{name}", charge) for name in ("lfp-4c", "lfp-18650"))
    assert float(usual.capacity) / 2.0 < 0.3
    assert float(thin.capacity) / value("lfp-4c", "cell", "nominal_capacity") > 0.6


@whole_runs
@pytest.mark.usefixtures("quick_reference")
@pytest.mark.parametrize(
    "name", [DESIGNS[0], *(pytest.param(name, marks=pytest.mark.slow) for name in DESIGNS[1:])]
)
def test_designs_are_solved_as_pybamm_solves_them(name):
    # PyBaMM has no solid electrolyte beside it
    liquid = {"electrolyte.liquid_fraction": 1.0, "cell.interface_resistance": 0.0}
    values = {"protocol": "Charge at 1C", "mesh": "pybamm", "tolerance": 1e-6}
    found = compare(f"battery-{name}", values | liquid)
    assert all(one["within"] for one in found), [one for one in found if not one["within"]]


# their electrolytes and potentials


@pytest.mark.parametrize("name", ["nmc811-sic", "semi-solid-360"])
def test_electrolyte_is_the_published_fit_at_the_reference_temperature(name):
    """As PyBaMM's set ORegan2022 has it, of EC:EMC 3:7; away from the temperature it is an Arrhenius fit."""
    found, exact = parameter_set(name), parameter_set("ORegan2022")
    c = np.linspace(20.0, 2900.0, 60)
    for key in ("KAPPA", "D_E", "TDF", "T_PLUS"):
        assert read(found, key, c) == pytest.approx(read(exact, key, c), rel=1e-5), key
    usual = np.array([1000.0])
    for T in (278.15, 318.15):
        for key in ("KAPPA", "D_E"):
            assert read(found, key, usual, T) == pytest.approx(read(exact, key, usual, T), rel=0.05), (key, T)
    assert read(found, "T_PLUS", [3000.0, 5000.0]) == pytest.approx([read(found, "T_PLUS", [3000.0])[0]] * 2)


def test_low_viscosity_electrolyte_conducts_better():
    thin, usual = (read(parameter_set(name), "KAPPA", [1000.0])[0] for name in ("lfp-4c", "nmc811-sic"))
    assert thin == pytest.approx(1.18, abs=0.02)
    assert 1.2 < thin / usual < 1.4


def test_potentials_of_the_lg_m50():
    found, exact = parameter_set("nmc811-sic"), parameter_set("Chen2020")
    x = np.linspace(0.03, 0.97, 80)
    for key in ("U_N", "U_P"):
        assert read(found, key, x) == pytest.approx(read(exact, key, x), abs=1e-5)
    sto = np.array([0.5])
    for shape, at in (("S_P", sto), ("E_P", np.array([1000.0]))):
        assert read(found, shape, at) == pytest.approx(read(exact, shape, at), rel=1e-3), shape


def test_silicon_carbon_is_the_sum_of_its_parts():
    """At one potential silicon (540 of 800 mA h/g, the mean of its branches) and graphite share what they
    hold: 5 mV.
    """
    from energymodels.backends.pybamm.quiet import pybamm

    silicon = pybamm.parameter_sets["Chen2020_composite"]["Secondary: Negative electrode OCP [V]"]
    graphite, blend = parameter_set("lfp-18650"), parameter_set("semi-solid-360")
    share = 540.0 / 800.4
    for potential in np.linspace(0.092, 0.6, 12):
        of_silicon = brentq(lambda s, u=potential: float(silicon(s)) - u, 1e-3, 0.999)
        of_graphite = brentq(lambda s, u=potential: read(graphite, "U_N", [s])[0] - u, 1e-4, 0.9999)
        both = share * of_silicon + (1.0 - share) * of_graphite
        if 0.02 < both < 0.95:
            assert read(blend, "U_N", [both])[0] == pytest.approx(potential, abs=5e-3)


# hybrid electrolytes, side reactions, ranges


def test_liquid_fraction_follows_from_the_mass():
    """From 5 to 10 % of the mass that 360 Wh/kg mean, at 1.27 g/cm3, in the pores of all layers."""
    name = "semi-solid-360"
    pores = sum(
        value(name, part, "thickness") * value(name, part, "porosity")
        for part in ("negative", "separator", "positive")
    )
    area = value(name, "cell", "electrode_area") * value(name, "cell", "electrode_pairs")
    mass = value(name, "cell", "nominal_capacity") * 3.55 / 360.0 / area
    for key, share in (("low", 0.05), ("value", 0.075), ("high", 0.10)):
        assert entry(name, "electrolyte", "liquid_fraction")[key] == pytest.approx(
            share * mass / 1270.0 / pores, rel=5e-3
        )


def test_a_hybrid_electrolyte_is_there_where_it_is_given():
    found = parameter_set("semi-solid-360")
    given = {
        "electrolyte.solid_conductivity": 0.05,
        "electrolyte.solid_activation_energy": 25900.0,
        "cell.interface_resistance": 10.0,
        "cell.interface_activation_energy": 50000.0,
    }
    assert {path: found.scalars[path] for path in given} == given
    assert {"electrolyte.liquid_fraction", *given} <= found.ranges.keys()
    assert found.ranges["cell.interface_resistance"] == pytest.approx((0.1, 300.0))
    for name in ("lfp-4c", "lfp-18650", "Chen2020"):
        assert not {"electrolyte.liquid_fraction", *given} & parameter_set(name).scalars.keys()


def test_interface_resistances_are_those_of_the_sources():
    """10 ohm cm2 with ZnO; 300 ohm cm2 between LLZTO and liquid, and RT/F over 53.1 uA/cm2 beside it."""
    one = entry("semi-solid-360", "cell", "interface_resistance")
    assert one["value"] == pytest.approx(10.0 * 1e-4)
    assert one["high"] == pytest.approx(300.0 * 1e-4)
    assert pytest.approx(480.0, rel=0.01) == GAS * 298.15 / FARADAY / 53.1e-6
    assert entry("semi-solid-360", "electrolyte", "solid_conductivity_activation_energy")[
        "value"
    ] == pytest.approx(0.268 * FARADAY, rel=2e-3)


@pytest.mark.parametrize("name", BUNDLED)
def test_side_reactions(name):
    """The values of PyBaMM's OKane2022, but for lithium in a mole of SEI; ranges hold the other sets' and the
    measured one.
    """
    found, theirs = parameter_set(name), parameter_set("OKane2022").scalars
    own = {path: number for path, number in found.scalars.items() if path.startswith("side_reactions.")}
    for path, number in own.items():
        assert theirs[path] == (1.0 if path.endswith("lithium_per_mole") else number), path
    low, high = found.ranges["side_reactions.plating_rate_constant"]
    mohtat = parameter_set("Mohtat2020").scalars
    assert low == pytest.approx(
        mohtat["side_reactions.plating_exchange_current_density"] / FARADAY / 1000.0, rel=5e-3
    )
    assert high == pytest.approx(10.0 / FARADAY / 1000.0, rel=5e-3)
    for other in ("Ecker2015", "Mohtat2020", "OKane2022"):
        low, high = found.ranges["side_reactions.plating_transfer_coefficient"]
        assert low <= parameter_set(other).scalars["side_reactions.plating_transfer_coefficient"] <= high


def test_pybamm_gets_the_side_reactions_of_a_bundled_set():
    from energymodels.backends.pybamm import files as pybamm_files
    from energymodels.backends.pybamm.quiet import pybamm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values, theirs = pybamm_files.from_bundled("lfp-4c"), pybamm.ParameterValues("OKane2022")

    def number(parameters, name, *arguments):
        symbol = parameters[name](*map(pybamm.Scalar, arguments))
        return float(np.ravel(parameters.process_symbol(symbol).evaluate())[0])

    for process in ("plating", "stripping"):
        name = f"Exchange-current density for {process} [A.m-2]"
        assert number(values, name, 900.0, 30.0, 298.15) == pytest.approx(
            number(theirs, name, 900.0, 30.0, 298.15), rel=1e-12
        )
    decay = "Dead lithium decay rate [s-1]"
    assert number(values, decay, 2e-8) == pytest.approx(number(theirs, decay, 2e-8), rel=1e-12)
    for key, name in (names.SIDE_REACTIONS | names.ASKED_FOR).items():
        if key in datasets.table("battery/lfp-4c")["side_reactions"]:
            assert values[name] == value("lfp-4c", "side_reactions", key)
    t_plus = number(values, "Cation transference number", 1000.0, 298.15)
    assert t_plus == pytest.approx(read(parameter_set("lfp-4c"), "T_PLUS", [1000.0])[0], rel=1e-6)


def test_ranges_are_in_the_units_of_fields():
    found = parameter_set("lfp-4c")
    assert found.ranges["positive.particle_radius"] == (0.025, 0.25)
    low, high = found.ranges["negative.exchange_current_density_factor"]
    assert low == pytest.approx(0.3315 / np.sqrt(0.3315 * 7.9), rel=1e-3)
    assert low * high == pytest.approx(1.0, rel=1e-3)
    low, high = found.ranges["negative.diffusivity_factor"]
    assert low * 1.4e-14 == pytest.approx(5e-15)
    known = parameter_set("Chen2020")
    assert known.ranges == {}
    assert {path for path in found.ranges if not path.startswith("side_reactions.")} <= get_model(
        "battery.dfn"
    ).fields({}).keys()


@pytest.mark.parametrize(
    ("section", "key", "change", "error"),
    [
        ("positive", "porosity", {"low": 0.5}, "positive.porosity lies outside its range"),
        ("negative", "conductivity", {"low": 1.0, "high": 900.0}, "no field takes its range"),
        ("electrolyte", "liquid_fraction", {"value": 1.5, "high": 2.0}, "0 to 1"),
        ("cell", "interface_resistance", {"value": -1.0, "low": -2.0}, "0 or more"),
        ("electrolyte", "solid_conductivity", {"value": 0.0, "low": 0.0}, "above 0"),
        ("side_reactions", "plating_transfer_coefficient", {"value": 1.2, "high": 1.3}, "0 to 1"),
        ("side_reactions", "plating_rate_constant", {"unit": "cm s-1"}, "in cm s-1, not m s-1"),
    ],
)
def test_wrong_entries_are_refused(monkeypatch, section, key, change, error):
    table = copy.deepcopy(datasets.table("battery/semi-solid-360"))
    table[section][key] |= change
    monkeypatch.setattr(sets.datasets, "table", lambda name: table)
    with pytest.raises((ValueError, InputError), match=re.escape(error)):
        material.material(sets.read_bundled("semi-solid-360"))


def test_unknown_side_reactions_are_refused(monkeypatch):
    table = copy.deepcopy(datasets.table("battery/lfp-4c"))
    table["side_reactions"]["sei_colour"] = {
        "value": 1.0,
        "unit": "1",
        "method": "assumed",
        "source": "unsourced",
    }
    monkeypatch.setattr(sets.datasets, "table", lambda name: table)
    with pytest.raises(ValueError, match=r"side_reactions\.sei_colour is unknown"):
        sets.read_bundled("lfp-4c")


def test_tables_of_designs_are_as_close_as_those_of_published_sets():
    for name in DESIGNS:
        errors = parameter_set(name).errors
        assert max(errors["U_N"], errors["U_P"]) < 2e-6
        assert max(errors[function.key] for function in FUNCTIONS) < 2e-6
