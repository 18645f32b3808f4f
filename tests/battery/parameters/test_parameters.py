"""Parameter sets: what PyBaMM, BPX files and bundled sets say is what the tables and numbers say."""

import copy
import json
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest

from energymodels.backends.pybamm import sets as evaluated
from energymodels.battery.parameters import (
    bpx,
    cache,
    material,
    names,
    pybamm_sets,
    separation,
    sets,
    tabulate,
)
from energymodels.battery.parameters.functions import FUNCTIONS, KEYS, LITTLE, Function
from energymodels.battery.parameters.sets import parameter_set
from energymodels.core import kept, units
from energymodels.core.errors import InputError
from energymodels.kernels.battery.cell import layout
from energymodels.kernels.battery.cell.tables import lookup
from energymodels.kernels.jit import jit

SETS = (
    "Chen2020",
    "Marquis2019",
    "Prada2013",
    "Ecker2015",
    "Mohtat2020",
    "Ai2020",
    "OKane2022",
    "NCA_Kim2011",
    "Ramadass2004",
    "ORegan2022",
)
QUICK = ("Chen2020", "Prada2013")
OTHERS = re.compile(
    r"citations|Typical|.*transport efficiency|.*reference exchange-current|.*constant "
    r"proportional"
)
RANDOM = np.random.default_rng(1)
BY_KEY = {function.key: function for function in FUNCTIONS}


@jit
def read_tables(tables, row, x, T, value, slope):
    """Fill (f, df/dx) from the tables of one function, as kernels read them."""
    for i in range(x.size):
        value[i] = 0.0
        slope[i] = 0.0
        for m in range(row[0]):
            g, by_x = lookup(tables, row[1 + 2 * m], x[i])
            h, _ = lookup(tables, row[2 + 2 * m], T[i])
            value[i] += g * h
            slope[i] += by_x * h


def read(found, key, x, T):
    """Return (value, slope) of a function of a set."""
    x, T = np.broadcast_arrays(np.asarray(x, float), float(T))
    value, slope = np.empty(x.size), np.empty(x.size)
    read_tables(found.tables, found.index[KEYS.index(key)], x.ravel().copy(), T.ravel().copy(), value, slope)
    return value, slope


def read_table(table, x):
    """Return values of one table by the kernels' function."""
    row = np.array([1, 0, table.size])
    value, slope = np.empty(x.size), np.empty(x.size)
    read_tables(np.concatenate([table, tabulate.constant(1.0)]), row, x, np.zeros_like(x), value, slope)
    return value


class Theirs:
    """PyBaMM's own evaluation of a set."""

    def __init__(self, pybamm, values):
        self.pybamm, self.values = pybamm, values
        self.param = pybamm.LithiumIonParameters(pybamm.BatteryModelOptions({}))

    def __call__(self, function, *arguments):
        arguments = np.broadcast_arrays(*(np.asarray(a, float) for a in arguments))
        n = arguments[0].size
        states = [self.pybamm.StateVector(slice(i * n, (i + 1) * n)) for i in range(len(arguments))]
        with np.errstate(all="ignore"):
            found = self.values.process_symbol(function(*states)).evaluate(t=0.0, y=np.concatenate(arguments))
        return np.broadcast_to(np.ravel(found), (n,))


@pytest.fixture(scope="session")
def theirs():
    """Return a function that gives PyBaMM's evaluation of a set by name, or of parameter values."""
    from energymodels.backends.pybamm.quiet import pybamm

    return lambda values: Theirs(
        pybamm, pybamm.ParameterValues(values) if isinstance(values, str) else values
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Keep tables in a folder of the test's own."""
    monkeypatch.setattr(cache.jit, "CACHE", tmp_path / "cache" / "kernels-0")
    for function in (sets._named, sets._from_file):
        function.cache_clear()
    yield tmp_path / "cache"
    for function in (sets._named, sets._from_file):
        function.cache_clear()


def compare(found, exact):
    """Check all fourteen functions of a set against PyBaMM at several hundred random arguments, and at the
    ends.
    """
    T_ref = found.scalars["cell.reference_temperature"]
    sto, c_e = RANDOM.uniform(0.0, 1.0, 400), 10.0 ** RANDOM.uniform(-3.0, 3.6, 400)
    for end, electrode in (("N", exact.param.n.prim), ("P", exact.param.p.prim)):
        potential = exact(lambda s, e=electrode: e.U(s, exact.param.T_ref), sto)
        real = np.abs(potential) < 10.0
        assert np.abs(read(found, f"U_{end}", sto, T_ref)[0] - potential)[real].max() < 2e-6
        beyond = np.array([-0.02, -0.0015, -0.0005, 0.0, 1e-4, 0.9999, 1.0, 1.0005, 1.0015, 1.02])
        guard = exact(lambda s, e=electrode: e.U(s, exact.param.T_ref), beyond)
        assert read(found, f"U_{end}", beyond, T_ref)[0] == pytest.approx(guard, rel=3e-5)
        for T in (263.0, 298.15, 330.0):
            with_T = exact(lambda s, T, e=electrode: e.U(s, T), sto, T)
            ours = read(found, f"U_{end}", sto, T)[0] + (T - T_ref) * read(found, f"DUDT_{end}", sto, T)[0]
            assert np.abs(ours - with_T)[real].max() < 2.5e-6
            diffusivity = exact(lambda s, T, e=electrode: e.D(s * e.c_max, T), sto, T)
            assert read(found, f"D_{end}", sto, T)[0] == pytest.approx(diffusivity, rel=2e-6)
            j0 = exact(lambda c, s, T, e=electrode: e.j0(c, s * e.c_max, T), c_e, sto, T)
            assert read(found, f"E_{end}", c_e, T)[0] * read(found, f"S_{end}", sto, T)[0] == pytest.approx(
                j0, rel=3e-6
            )
    param, c_e = exact.param, RANDOM.uniform(1.0, 3000.0, 400)
    for key, function in (
        ("KAPPA", param.kappa_e),
        ("D_E", param.D_e),
        ("TDF", param.thermodynamic_factor),
        ("T_PLUS", param.t_plus),
    ):
        fitted = found.index[KEYS.index(key), 0] == layout.RANK
        for T in (263.0, T_ref, 330.0):
            off_reference = abs(T - T_ref) > 0.0
            close = 1e-2 if fitted and off_reference else 2e-6
            assert read(found, key, c_e, T)[0] == pytest.approx(exact(function, c_e, T), rel=close), (key, T)


@pytest.mark.parametrize("name", ["Ai2020", pytest.param("ORegan2022", marks=pytest.mark.slow)])
def test_transport_in_concentrated_electrolyte(name, theirs):
    """Up to 6000 mol m-3, to 1 % or a thousandth of the largest value at the temperature; and up to where the
    formula holds.
    """
    found, exact = parameter_set(name), theirs(name)
    c_e = np.linspace(10.0, 6000.0, 600)
    for T in (253.15, 263.0, 273.15, 285.0, 298.15, 330.0, 343.15):
        for key, function in (("KAPPA", exact.param.kappa_e), ("D_E", exact.param.D_e)):
            value = exact(function, c_e, T)
            holds = c_e <= np.interp(T, *found.reaches[key]) - 10.0
            assert holds.sum() > (400 if T < 260.0 else 550)
            error = np.abs(read(found, key, c_e, T)[0] - value)[holds]
            assert (error <= np.maximum(1e-2 * value, 1e-3 * value[holds].max())[holds]).all(), (key, T)
            assert value[holds].max() <= 1.01 * value[c_e <= 3000.0].max()


# PyBaMM's sets


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in SETS]
)
def test_functions_are_those_of_pybamm(name, theirs):
    """To 2 uV and 2e-6; a fitted function of concentration and temperature to 1 % away from the reference
    temperature.
    """
    found = parameter_set(name)
    compare(found, theirs(name))
    assert max(found.errors["U_N"], found.errors["U_P"]) < 2e-6
    # six products each
    assert found.tables.size < (52_000 if any("fitted" in note for note in found.notes) else 32_000)
    assert found.index.shape == (layout.FUNCTIONS, 1 + 2 * layout.RANK)


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in SETS]
)
def test_numbers_are_those_of_pybamm(name, theirs):
    values = theirs(name).values
    found = parameter_set(name)
    for path, value in found.scalars.items():
        section, _, key = path.partition(".")
        other, factor = (
            ((names.SIDE_REACTIONS | names.ASKED_FOR)[key], 1.0)
            if section == "side_reactions"
            else names.name_of(path)
        )
        if not callable(values[other]):
            assert value * factor == pytest.approx(values[other], rel=1e-14), path
    wanted = {path for path in names.SCALARS if values.get(names.SCALARS[path]) is not None}
    no_number = {path for path in wanted if callable(values[names.SCALARS[path]])}
    assert wanted - set(found.scalars) <= no_number
    assert found.sources[0].endswith(f"parameter set {name}")


@pytest.mark.slow
def test_what_no_number_can_say_is_refused():
    found = parameter_set("ORegan2022")
    assert found.refused["lumped"].startswith("Negative electrode specific heat capacity")
    assert found.refused["temperature"].startswith("Positive electrode conductivity")
    assert found.scalars["positive.conductivity"] == pytest.approx(0.8473)
    assert "negative.specific_heat" not in found.scalars


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(n, marks=pytest.mark.slow) for n in ("NCA_Kim2011", "ORegan2022"))]
)
def test_powers(name, theirs):
    """Another largest concentration, or another of the electrolyte, changes exchange currents as
    PyBaMM says.
    """
    found, exact = parameter_set(name), theirs(name)
    changes = {"negative.maximum_concentration": 1.5, "electrolyte.initial_concentration": 1.2}
    exact.values.update(
        {names.SCALARS[path]: found.scalars[path] * factor for path, factor in changes.items()}
    )
    electrode, sto, c_e = (
        exact.param.n.prim,
        RANDOM.uniform(0.1, 0.9, 100),
        RANDOM.uniform(100.0, 3000.0, 100),
    )
    j0 = exact(lambda c, s: electrode.j0(c, s * electrode.c_max, exact.pybamm.Scalar(298.15)), c_e, sto)
    scale = np.prod([factor ** found.powers["E_N"].get(path, 0.0) for path, factor in changes.items()])
    ours = scale * read(found, "E_N", c_e, 298.15)[0] * read(found, "S_N", sto, 298.15)[0]
    assert ours == pytest.approx(j0, rel=5e-5)


def test_no_thermal_data():
    assert parameter_set("Chen2020").refused == {}
    assert "Negative electrode density" in parameter_set("Prada2013").refused["lumped"]
    assert "heat_transfer_coefficient" not in parameter_set("Prada2013").scalars


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Chen2020_composite", "two materials"),
        ("Bonkile2024", "two materials"),
        ("Ecker2015_graphite_halfcell", "a half cell"),
        ("OKane2022_graphite_SiOx_halfcell", "a half cell"),
        ("Xu2019", "a half cell"),
        ("MSMR_Example", "MSMR"),
        ("ECM_Example", "equivalent circuits"),
        ("Sulzer2019", "lead acid"),
    ],
)
def test_sets_of_other_cells_are_refused(name, reason):
    with pytest.raises(InputError, match=reason):
        parameter_set(name)


def test_every_set_is_used_or_refused():
    refused = {
        "Chen2020_composite",
        "Bonkile2024",
        "Ecker2015_graphite_halfcell",
        "OKane2022_graphite_SiOx_halfcell",
        "Xu2019",
    }
    refused |= {"MSMR_Example", "ECM_Example", "Sulzer2019"}
    assert {*SETS, *refused, "Chayambuka2022"} == set(pybamm_sets.known())


def test_unknown_name():
    with pytest.raises(InputError, match="unknown parameter set; did you mean Chen2020"):
        parameter_set("Chen2021")
    with pytest.raises(InputError, match="no such file"):
        parameter_set("absent.json")


def test_a_set_kept_on_disk_needs_no_pybamm(root):
    """Nor do the names of all sets."""
    parameter_set("Chen2020")
    code = (
        "import sys; from energymodels.battery.parameters import sets;"
        "assert sets.parameter_set('Chen2020').name in sets.names(); assert 'pybamm' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr


def test_a_name_in_other_letters(folder):
    """Some disks have one file for both."""
    parameter_set("Chen2020")
    (kept,) = folder.rglob("Chen2020.npz")
    kept.rename(kept.with_name("chen2020.npz"))
    with pytest.raises(InputError, match="unknown parameter set; did you mean Chen2020"):
        parameter_set("chen2020")


@pytest.mark.parametrize(
    ("name", "value", "capability"),
    [
        ("Positive electrode conductivity [S.m-1]", lambda T: 0.2 * T / 298.15, "temperature"),
        ("Separator specific heat capacity [J.kg-1.K-1]", lambda T: 2.0 * T, "lumped"),
        ("Contact resistance [Ohm]", lambda T: 1e-3 * T, "temperature"),
        ("Separator porosity", lambda x, y, z: 0.5 + 100.0 * x, None),
        ("Initial concentration in negative electrode [mol.m-3]", lambda r, x: 2e4 + 1e9 * x, None),
    ],
)
def test_functions_in_place_of_numbers(name, value, capability, theirs):
    """A constant function is a number; another is refused, for what depends on it or altogether."""
    exact = theirs("Chen2020")
    number = 0.18
    exact.values.update({name: lambda *arguments: number + 0.0 * arguments[-1]})
    scalars, refused = evaluated._scalars(exact.values, "Chen2020")
    path, _ = names.path_of(name)
    assert scalars[path] == pytest.approx(number)
    assert refused == {}
    exact.values.update({name: value})
    if capability is None:
        with pytest.raises(InputError, match=f"{path}: .* is no constant"):
            evaluated._scalars(exact.values, "Chen2020")
        return
    _, refused = evaluated._scalars(exact.values, "Chen2020")
    assert name in refused[capability]


def test_missing_number(theirs):
    exact = theirs("Chen2020")
    del exact.values["Negative particle radius [m]"]
    with pytest.raises(
        InputError,
        match=r"negative\.particle_radius: the set Chen2020 has no Negative "
        r"particle radius",
    ):
        evaluated._scalars(exact.values, "Chen2020")


def test_exchange_current_that_is_no_product(theirs):
    exact = theirs("Chen2020")
    exact.values.update(
        {
            "Negative electrode exchange-current density [A.m-2]": lambda c_e, c_s, most, T: (
                1.0 + c_e * c_s / most
            )
        }
    )
    with pytest.raises(InputError, match=r"negative\.exchange_current_density: not a product"):
        evaluated._curves(exact.values, 298.15)


# names


@pytest.mark.parametrize("name", ["Chen2020", "OKane2022", "Ecker2015", "NCA_Kim2011", "Ai2020"])
def test_every_name_is_a_field_or_refused(name, theirs):
    for other, _ in theirs(name).values.items():
        if not OTHERS.match(other):
            assert (names.path_of(other) is None) != (names.refusal(other) is None), other


def test_names_both_ways():
    assert names.path_of("Negative electrode thickness [m]") == ("negative.thickness", "m")
    assert names.name_of("negative.thickness") == ("Negative electrode thickness [m]", 1e-6)
    assert names.path_of("Negative particle diffusivity [m2.s-1]") == ("negative.diffusivity", "m2 s-1")
    assert names.path_of("Ambient temperature [K]") == ("temperature", "K")
    assert names.path_of("Contact resistance [Ohm]") == ("cell.contact_resistance", "ohm")
    assert names.path_of("Initial temperature [K]") == ("initial_temperature", "K")
    assert (
        names.path_of("thickness")
        is names.refusal("thickness")
        is names.name_of("separator.transport_efficiency")
        is None
    )


@pytest.mark.parametrize("name", sorted({*names.SCALARS.values(), *names.FUNCTIONS.values()}))
def test_units_of_names(name):
    path, unit = names.path_of(name) or ("temperature", "K")
    assert names.path_of(name) or names.refusal(name)
    assert units.is_unit(unit)
    if path not in ("temperature", "initial_temperature"):  # whose zero is another
        other, factor = names.name_of(path)
        assert other == name
        assert factor == (
            1e-6 if unit == "m" and path.split(".")[0] in ("negative", "separator", "positive") else 1.0
        )


# BPX files and bundled sets

BPX = {
    "Header": {"BPX": "1.1.0", "Title": "A cell of no maker", "Model": "DFN"},
    "Parameterisation": {
        "Cell": {
            "Electrode area [m2]": 0.04,
            "External surface area [m2]": 4e-3,
            "Volume [m3]": 2e-5,
            "Number of electrode pairs connected in parallel to make a cell": 3,
            "Lower voltage cut-off [V]": 2.5,
            "Upper voltage cut-off [V]": 4.0,
            "Nominal cell capacity [A.h]": 3.0,
            "Reference temperature [K]": 300.0,
            "Density [kg.m-3]": 2000.0,
            "Specific heat capacity [J.K-1.kg-1]": 900.0,
        },
        "Electrolyte": {
            "Cation transference number": 0.3,
            "Conductivity [S.m-1]": "1.0 * (x / 1000) - 0.1 * (x / 1000) ** 2",
            "Conductivity activation energy [J.mol-1]": 15000,
            "Diffusivity [m2.s-1]": 3e-10,
        },
        "Negative electrode": {
            "Particle radius [m]": 6e-6,
            "Thickness [m]": 5e-5,
            "Diffusivity [m2.s-1]": {"x": [0, 0.25, 1], "y": [1e-14, 2e-14, 3e-14]},
            "Diffusivity activation energy [J.mol-1]": 30000,
            "OCP [V]": "0.1 + 0.4 * exp(-20 * x) - 0.05 * tanh(10 * (x - 0.5))",
            "Entropic change coefficient [V.K-1]": 1e-4,
            "Conductivity [S.m-1]": 7.5,
            "Surface area per unit volume [m-1]": 3e5,
            "Porosity": 0.25,
            "Transport efficiency": 0.125,
            "Reaction rate constant [mol.m-2.s-1]": 5e-6,
            "Reaction rate constant activation energy [J.mol-1]": 40000,
            "Minimum stoichiometry": 0.02,
            "Maximum stoichiometry": 0.8,
            "Maximum concentration [mol.m-3]": 30000,
        },
        "Positive electrode": {
            "Particle radius [m]": 3e-6,
            "Thickness [m]": 6e-5,
            "Diffusivity [m2.s-1]": "1e-15 * (1 + x)",
            "OCP [V]": {"x": [0.9, 0.1, 0.5], "y": [3.0, 4.0, 3.6]},
            "Entropic change coefficient [V.K-1]": {"x": [0, 0.5, 1], "y": [0, -1e-4, 1e-4]},
            "Conductivity [S.m-1]": 0.8,
            "Surface area per unit volume [m-1]": 5e5,
            "Porosity": 0.3,
            "Transport efficiency": 0.16,
            "Reaction rate constant [mol.m-2.s-1]": 1e-6,
            "Minimum stoichiometry": 0.15,
            "Maximum stoichiometry": 0.9,
            "Maximum concentration [mol.m-3]": 50000,
        },
        "Separator": {"Thickness [m]": 2e-5, "Porosity": 0.5, "Transport efficiency": 0.35},
    },
    "State": {
        "Initial conditions": {
            "Initial temperature [K]": 298.15,
            "Initial electrolyte concentration [mol.m-3]": 1100.0,
        },
        "Thermal environment": {
            "Ambient temperature [K]": 295.0,
            "Heat transfer coefficient [W.m-2.K-1]": 12.0,
        },
    },
}


def changed(*removed, **added):
    """Return the file's content without some entries (section / key) and with others (by section)."""
    content = copy.deepcopy(BPX)
    for section, key in removed:
        (content if section in content else content["Parameterisation"])[section].pop(key)
    for section, entries in added.items():
        content["Parameterisation"].setdefault(section.replace("_", " "), {}).update(entries)
    return content


@pytest.fixture
def written(folder, tmp_path):
    """Return a function that writes a BPX file and gives its path."""

    def write(content, name="cell.json"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    return write


def test_bpx_functions_are_those_of_pybamm(written, theirs):
    """PyBaMM's own translation of the same file, in which formulas have become Python, gives the
    same values.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its dependencies, and what it says of voltage limits
        pybamm = theirs("Chen2020").pybamm
        exact = theirs(pybamm.ParameterValues.create_from_bpx_obj(copy.deepcopy(BPX)))
    compare(parameter_set(written(BPX)), exact)


def test_bpx_numbers(written):
    found = parameter_set(written(BPX))
    expected = {
        "cell.electrode_height": 0.2, "cell.electrode_width": 0.2, "cell.electrode_pairs": 3.0,
        "cell.ocv_min": 2.5,
        "cell.ocv_max": 4.0, "cell.heat_capacity": 1.8e6, "cell.ambient_temperature": 295.0,
        "heat_transfer_coefficient": 12.0,
        "electrolyte.initial_concentration": 1100.0, "negative.thickness": 50.0,
        "negative.active_fraction": 0.6,
        "negative.initial_concentration": 24000.0, "positive.initial_concentration": 7500.0,
        "negative.transport_efficiency": 0.125,
        "positive.bruggeman_electrode": 0.0, "separator.porosity": 0.5, "cell.contact_resistance": 0.0,
    }  # fmt: skip
    assert {path: found.scalars[path] for path in expected} == pytest.approx(expected, rel=1e-14)
    assert "negative.bruggeman_electrolyte" not in found.scalars
    assert found.title == "A cell of no maker"
    assert found.notes == ()
    assert found.refused == {}


def test_bpx_functions_in_closed_form(written):
    """Points are joined by straight lines, which go on beyond the last; rates follow Arrhenius' law from 300
    K.
    """
    found = parameter_set(written(BPX))
    x = RANDOM.uniform(0.05, 0.95, 300)
    assert read(found, "U_P", x, 300.0)[0] == pytest.approx(
        np.where(x < 0.5, 4.1 - x, 4.35 - 1.5 * x), abs=2e-6
    )
    activated = np.exp(30000.0 / 8.31446261815324 * (1.0 / 300.0 - 1.0 / 330.0))
    assert read(found, "D_N", x, 330.0)[0] == pytest.approx(
        np.interp(x, [0, 0.25, 1], [1e-14, 2e-14, 3e-14]) * activated, rel=1e-6
    )
    assert read(found, "KAPPA", [0.0, 10.0, 1500.0], 300.0)[0] == pytest.approx(
        [0.00999, 0.00999, 1.275], rel=1e-6
    )
    assert read(found, "U_P", np.array([0.3, 0.7]), 300.0)[1] == pytest.approx([-1.0, -1.5], rel=1e-6)
    faraday = 96485.33212
    # 1e-6 of it is the root's
    assert read(found, "E_N", [1100.0], 300.0)[0] == pytest.approx([faraday * 5e-6 * 0.5], rel=1e-5)
    assert read(found, "S_N", [0.5, 0.2], 300.0)[0] == pytest.approx([1.0, 0.8], rel=1e-5)
    assert read(found, "E_N", [0.0, LITTLE], 300.0)[0].min() > 0.0


def test_bpx_of_version_0(written):
    legacy = changed()
    del legacy["State"]
    legacy["Header"]["BPX"] = 0.1
    legacy["Parameterisation"]["Cell"] |= {
        "Ambient temperature [K]": 295.0,
        "Initial temperature [K]": 298.15,
        "Thermal conductivity [W.m-1.K-1]": 1.0,
    }
    legacy["Parameterisation"]["Electrolyte"]["Initial concentration [mol.m-3]"] = 1100.0
    found, new = parameter_set(written(legacy)), parameter_set(written(BPX, "new.json"))
    assert found.notes[0].startswith("written for BPX 0")
    assert found.scalars == {
        path: value for path, value in new.scalars.items() if path != "heat_transfer_coefficient"
    }
    assert np.array_equal(found.tables, new.tables)


def test_bpx_without_what_heat_needs(written):
    bare = changed(
        ("Cell", "Volume [m3]"),
        ("Negative electrode", "Entropic change coefficient [V.K-1]"),
        ("State", "Thermal environment"),
    )
    found = parameter_set(written(bare))
    assert found.refused == {"lumped": "cell.json gives no cell.volume"}
    assert "heat_transfer_coefficient" not in found.scalars
    assert found.scalars["cell.ambient_temperature"] == 300.0
    assert read(found, "DUDT_N", [0.5], 300.0)[0] == [0.0]


def test_bpx_notes(written):
    content = changed(
        Negative_electrode={"OCP (lithiation) [V]": 0.1, "OCP (delithiation) [V]": 0.2},
        User_defined={},
    )
    content["Parameterisation"]["User-defined"] = {
        "Thermodynamic factor": 1.4,
        "Contact resistance [Ohm]": 0.01,
        "Colour": 3.0,
        "description": "x",
    }
    content["State"]["Initial conditions"] = {
        "Initial state-of-charge": 0.5,
        "Initial hysteresis state: Negative electrode": 1.0,
    }
    content["Parameterisation"]["Cell"]["Upper voltage cut-off [V]"] = 3.5
    del content["Parameterisation"]["User defined"]
    found = parameter_set(written(content))
    for words in (
        "OCP (lithiation)",
        "Colour is not used",
        "1000 mol m-3 is used",
        "State / Initial conditions / Initial hysteresis state: Negative electrode: not used",
        "V when full",
    ):
        assert any(words in note for note in found.notes), words
    assert found.refused == {"hysteresis": "hysteresis of the open-circuit potential is not modelled"}
    assert found.scalars["cell.contact_resistance"] == 0.01
    assert read(found, "TDF", [1000.0], 300.0)[0] == [1.4]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "cannot be read as JSON"),
        ([1], "no BPX file"),
        ({"Header": {}}, "no BPX file"),
        (changed(("Header", "BPX")), "missing 'Header' -> 'BPX'"),
        (changed(("Cell", "Nominal cell capacity [A.h]")), "Nominal cell capacity.*Field required"),
        (changed(("Cell", "Reference temperature [K]")), "cell.reference_temperature: missing in cell.json"),
        (changed(Cell={"Colour": 1.0}), "Colour"),
        (
            changed(Negative_electrode={"OCP [V]": "0.1 + __import__(x)"}),
            "OCP.*unknown function __import__; known: abs, .*tanh, at character 7",
        ),
        (changed(Negative_electrode={"OCP [V]": "exit(0)"}), "unknown function exit"),
        (changed(Negative_electrode={"OCP [V]": "pi * x"}), "Invalid Function"),
        (
            changed(Negative_electrode={"OCP [V]": {"x": [0, 0, 1], "y": [1, 2, 3]}}),
            "negative.open_circuit_potential: .*no x twice",
        ),
        (changed(Negative_electrode={"OCP [V]": {"x": [0, 1], "y": [1, 2, 3]}}), "same length"),
        (changed(Negative_electrode={"Thickness [m]": "1e-5 * x"}), "Thickness"),
        (changed(Negative_electrode={"Thickness [m]": float("nan")}), "negative.thickness.*a finite number"),
        (changed(Cell={"Electrode area [m2]": 0.0}), "cell.electrode_area.*above 0"),
        (changed(("Negative electrode", "Conductivity [S.m-1]")), "Conductivity"),
    ],
)
def test_wrong_bpx(written, content, reason):
    with pytest.raises(InputError, match=reason):
        parameter_set(written(content))


def test_blended_electrode(written):
    electrode = copy.deepcopy(BPX["Parameterisation"]["Negative electrode"])
    outer = {
        key: electrode.pop(key)
        for key in ("Thickness [m]", "Porosity", "Transport efficiency", "Conductivity [S.m-1]")
    }
    content = changed()
    content["Parameterisation"]["Negative electrode"] = outer | {
        "Particle": {"graphite": electrode, "silicon": electrode}
    }
    with pytest.raises(InputError, match="several materials"):
        parameter_set(written(content))


def test_partial_file(written):
    content = changed()
    content["Header"]["Model"] = "Partial"
    del content["Parameterisation"]["Separator"]
    with pytest.raises(InputError, match="no section Separator"):
        parameter_set(written(content))


def test_formulas_are_not_run(written, monkeypatch):
    """The package bpx would run a potential's formula as Python to check the voltage limits."""
    import tempfile

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", None)
    assert bpx.read(sets.Path(written(BPX))).scalars
    assert dict(bpx.formulas(BPX["Parameterisation"])).keys() == {
        "Electrolyte / Conductivity [S.m-1]", "Negative electrode / OCP [V]",
        "Positive electrode / Diffusivity [m2.s-1]",
    }  # fmt: skip


def test_without_the_package_bpx(written, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "bpx", None)
    with pytest.raises(InputError, match="need the package bpx"):
        parameter_set(written(BPX))


def test_bundled_cell(theirs):
    """As PyBaMM translates a BPX file of the same values."""
    from energymodels.backends.pybamm import files as pybamm_files

    assert "lfp-18650" in sets.bundled()
    found = parameter_set("lfp-18650")
    assert found.scalars["negative.active_fraction"] == pytest.approx(473004 * 4.8e-6 / 3.0)
    assert found.scalars["cell.heat_capacity"] == pytest.approx(1940 * 999)
    assert "heat_transfer_coefficient" not in found.scalars
    side_reactions = {"okane2022", "chen2020", "pybamm-parameter-sets"}
    assert set(found.sources) - side_reactions == {
        "aboutenergy-lfp-18650",
        "nyman2008",
        "oregan2022",
        "gerver2011",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exact = theirs(pybamm_files.from_bundled("lfp-18650"))
    compare(found, exact)


def test_bundled_units_are_checked(monkeypatch):
    table = copy.deepcopy(sets.datasets.table("battery/lfp-18650"))
    table["negative"]["thickness"]["unit"] = "um"
    monkeypatch.setattr(sets.datasets, "table", lambda key: table)
    with pytest.raises(ValueError, match=r"negative\.thickness is in um, not m"):
        sets.read_bundled("lfp-18650")


# the cache on disk


def test_tables_are_kept(written, folder, monkeypatch):
    """Made once; read afterwards; made again if the file on disk is damaged, the BPX file changed, or the
    sources did.
    """
    made = []
    monkeypatch.setattr(sets, "_made", lambda material, make=sets._made: made.append(1) or make(material))
    path = written(BPX)
    first = parameter_set(path)
    kept = list(folder.rglob("*.npz"))
    assert len(kept) == 1
    assert not list(folder.rglob("*.part"))
    sets._from_file.cache_clear()
    again = parameter_set(path)
    assert len(made) == 1
    for name in ("tables", "index"):
        assert np.array_equal(getattr(again, name), getattr(first, name))
        assert getattr(again, name).dtype == getattr(first, name).dtype
    assert {**vars(again), "tables": 0, "index": 0} == {**vars(first), "tables": 0, "index": 0}
    for damage in (b"", b"PK\x03\x04", kept[0].read_bytes()[:-300]):
        kept[0].write_bytes(damage)
        sets._from_file.cache_clear()
        assert np.array_equal(parameter_set(path).tables, first.tables)
    assert len(made) == 4
    written(changed(Cell={"Nominal cell capacity [A.h]": 4.0}))
    assert parameter_set(path).scalars["cell.nominal_capacity"] == 4.0
    before = cache.folder("")
    monkeypatch.setattr(cache, "SOURCES", cache.SOURCES[1:])
    assert len({before, cache.folder(""), cache.folder("bpx 9")}) == 3


def test_old_folders_are_dropped(written, folder):
    for i in range(kept.KEEP + 3):
        (folder / f"battery-{i}").mkdir(parents=True)
    parameter_set(written(BPX))
    assert len(list(folder.glob("battery-*"))) == kept.KEEP


def test_nowhere_to_write(written, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(cache.jit, "CACHE", tmp_path / "file" / "kernels-0")
    assert parameter_set(written(BPX)).tables.size


# tables


def within(tolerance):
    return lambda x, value: np.full(x.shape, tolerance)


def test_table_is_what_kernels_read():
    """NumPy's reading and the kernels' agree inside, at the ends and beyond."""
    table = tabulate.table(lambda x: np.exp(3.0 * x), (-1.0, 2.0, 7), within(1e-6), goes_on=True)
    x = np.concatenate([RANDOM.uniform(-1.5, 2.5, 300), [-1.0, 2.0, -1.0 + 3.0 / 7.0]])
    assert tabulate.evaluate(table, 0, x) == pytest.approx(read_table(table, x), rel=1e-14)
    inside = (x >= -1.0) & (x <= 2.0)
    assert np.abs(read_table(table, x) - np.exp(3.0 * x))[inside].max() < 2e-6
    beyond = np.array([-2.0, 3.0])
    line = np.exp([-3.0, 6.0]) * (1.0 + 3.0 * np.array([-1.0, 1.0]))
    assert read_table(table, beyond) == pytest.approx(line, rel=1e-3)
    stays = tabulate.table(lambda x: np.exp(3.0 * x), (-1.0, 2.0, 7), within(1e-6))
    assert read_table(stays, beyond) == pytest.approx(np.exp([-3.0, 6.0]), abs=2e-6)


def test_cuts_are_where_they_are_needed():
    """A cubic is one interval a bucket, a step is cut as finely as allowed, a constant is one number."""
    cubic = tabulate.table(lambda x: 1.0 + x - 2.0 * x**3, (0.0, 1.0, 8), within(1e-13))
    assert cubic.size == 6 + 2 * 8 + 4 * 8
    step = tabulate.table(lambda x: np.where(x < 0.3, 0.0, 1.0), (0.0, 1.0, 8), within(1e-6))
    assert step.size == 6 + 2 * 8 + 4 * (7 + tabulate.CUTS[-1])
    assert np.array_equal(
        tabulate.table(lambda x: 0.0 * x + 5.0, (0.0, 1.0, 8), within(0.0)), tabulate.constant(5.0)
    )
    assert read_table(tabulate.constant(5.0), np.array([-1.0, 7.0])) == pytest.approx([5.0, 5.0])


def test_table_ends_where_the_function_does():
    table = tabulate.table(
        lambda x: np.sqrt(np.where(x < 0.5, x, np.nan)) + 1.0, (0.0, 1.0, 16), within(1e-4)
    )
    assert read_table(table, np.array([0.25, 0.9])) == pytest.approx([1.5, 1.0 + np.sqrt(0.5)], abs=2e-3)
    with pytest.raises(ValueError, match="not finite"):
        tabulate.table(lambda x: np.full_like(x, np.nan), (0.0, 1.0, 4), within(1e-4))


@pytest.mark.parametrize(
    ("f", "rank"),
    [
        (lambda x, T: 1.0 + x + 0.0 * T, 1),
        (lambda x, T: (1.0 + x) * np.exp(2000.0 / T), 1),
        (lambda x, T: 1.0 + x * (T - 200.0), 2),
        (lambda x, T: 3.0 + x * T + x**2 * T**2, 3),
    ],
)
def test_few_products(f, rank):
    """Found where they exist; at the reference temperature the first alone is the function."""
    function = Function("D_N", "", "", 0.0, 1.0, 16, thermal=True)
    found = separation.separate(function, f, 300.0)
    assert len(found.pairs) == rank
    assert not found.fitted
    x, T = RANDOM.uniform(0.0, 1.0, 50), RANDOM.uniform(233.15, 373.15, 50)
    total = sum(g(x) * np.diag(h(T)[None, :] * np.ones((50, 1))) for g, h in found.pairs)
    assert total == pytest.approx(f(x, T), rel=1e-6)
    assert found.pairs[0][0](x) == pytest.approx(f(x, np.full(50, 300.0)), rel=1e-14)
    assert [h(np.array([300.0]))[0] for _, h in found.pairs] == pytest.approx(
        [1.0] + [0.0] * (rank - 1), abs=1e-9
    )


def test_fit():
    """A function that is no sum of few products is fitted, but not at the reference temperature."""

    def f(x, T):
        return np.exp(-x / 1000.0 * (300.0 / T) ** 3) + 0.2

    function = Function("KAPPA", "", "", 10.0, 8000.0, 64, thermal=True, tolerance=6e-7)
    found = separation.separate(function, f, 300.0)
    assert found.fitted
    x = RANDOM.uniform(10.0, 6000.0, 200)
    for T, close in ((300.0, 1e-9), (260.0, 2e-3), (340.0, 2e-3)):
        total = sum(g(x) * h(np.array([T]))[0] for g, h in found.pairs)
        assert total == pytest.approx(f(x, np.full_like(x, T)), rel=close)
    beyond = sum(g(np.array([6000.0, 7000.0])) * h(np.array([260.0]))[0] for g, h in found.pairs)
    ratio = beyond / f(np.array([6000.0, 7000.0]), np.full(2, 300.0))
    assert ratio[0] == pytest.approx(ratio[1])


def test_order_of_functions():
    assert [getattr(layout, key) for key in KEYS] == list(range(layout.FUNCTIONS))
    assert all(units.is_unit(function.unit) for function in FUNCTIONS)
    assert BY_KEY["U_N"].grid(256) == (-1.0 / 256.0, 1.0 + 1.0 / 256.0, 258)
    assert material.guard(np.array([0.0, 0.001])) == pytest.approx([1.0, 1e-3], rel=1e-3)
