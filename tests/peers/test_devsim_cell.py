"""``pv.cell`` against drift and diffusion in one dimension, solved by devsim.

The device is a wafer between two layers of 20 nm, n+ and p+ with 1e19 cm-3, whose contacts pass majority
carriers only. Generation and recombination (SRH, Auger of Niewelt 2022, radiative) take place in the wafer.
Band edges are rigid: n_ie is that of the wafer in equilibrium. The model lets the gap narrow with injection,
which lowers its voltages by a shift known exactly; the shift (below 4 mV) is taken back before voltages are
compared, and the radiative coefficient is that at open circuit.
"""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

import energymodels as em
from energymodels.pv import silicon

pytestmark = pytest.mark.peer

Q = 1.602176634e-19  # C
KT = 1.380649e-23 / Q * 298.15  # eV
PERMITTIVITY = 11.7 * 8.8541878128e-14  # F cm-1
LAYER, LAYER_DOPING = 20e-7, 1e19  # cm, cm-3
GENERATION = 40.0  # mA cm-2
FAST = 1e4  # factor on the mobilities that makes quasi-Fermi levels flat: transport then costs below 0.02 mV


class Case(NamedTuple):
    kind: str
    doping: float  # cm-3
    thickness: float  # um
    tau_n: float  # s
    tau_p: float  # s
    level: float = 0.0  # eV


CASES = {
    "low injection, n": Case("n", 1e16, 100.0, 2e-5, 2e-5),
    "low injection, p": Case("p", 1e16, 100.0, 2e-5, 2e-5),
    "high injection, n": Case("n", 1e15, 130.0, 1e-3, 1e-3),
    "high injection, p": Case("p", 1e15, 130.0, 1e-3, 1e-3),
    "asymmetric capture, n": Case("n", 1e16, 150.0, 1e-5, 1e-3),
    "asymmetric capture, p": Case("p", 1e16, 150.0, 1e-5, 1e-3),
    "shallow level, n": Case("n", 5e15, 120.0, 1e-4, 1e-4, 0.3),
}
TRANSPORT = {
    "long-lived n": Case("n", 3e15, 130.0, 1e-2, 1e-2),
    "long-lived p": Case("p", 1.5e16, 150.0, 1e-3, 1e-3),
    "thin n": Case("n", 3e15, 80.0, 3e-4, 3e-4),
    "high injection, n": CASES["high injection, n"],
}


class Model:
    """The results of ``pv.cell`` for a rigid gap, and what devsim needs of the wafer."""

    def __init__(self, case: Case) -> None:
        wafer = {
            "type": case.kind,
            "doping": case.doping,
            "thickness": case.thickness,
            "srh_level": case.level,
        }
        wafer |= {"tau_n0": case.tau_n, "tau_p0": case.tau_p}
        result = em.run({"model": "pv.cell", "wafer": wafer, "generation_current_density": GENERATION})
        self.n0, self.p0 = silicon.equilibrium(case.doping, case.kind)
        self.dn, dn_oc = float(result["excess_density_mp"]), float(result["excess_density_oc"])

        def shift(dn: float) -> float:
            narrowed = partial(silicon.band_gap_narrowing, dopants=case.doping)
            return narrowed(self.n0 + dn, self.p0 + dn) - narrowed(self.n0, self.p0)

        self.v_oc = float(result["v_oc"]) + shift(dn_oc)
        self.v_mp = float(result["v_mp"]) + shift(self.dn)
        self.j_sc, self.j_mp = float(result["j_sc"]), float(result["j_mp"])
        self.width = case.thickness * 1e-4
        emitted = float(result["j_radiative_oc"]) * 1e-3 / (Q * self.width)
        self.B = emitted / ((self.n0 + dn_oc) * (self.p0 + dn_oc) - self.n0 * self.p0)
        donors, acceptors = (case.doping, 0.0) if case.kind == "n" else (0.0, case.doping)
        self.mobility = silicon.mobility(self.n0 + self.dn, self.p0 + self.dn, donors, acceptors)
        self.fill_factor = 100.0 * self.v_mp * self.j_mp / (self.v_oc * self.j_sc)


class Device:
    """The same cell in devsim: contact "n" at x = -LAYER, grounded, and "p" at the other end, at the terminal
    voltage.
    """

    def __init__(self, ds: ModuleType, case: Case, model: Model, speed: float) -> None:
        self.ds, self.at = ds, {"device": "cell", "region": "cell"}
        self.n_ie = np.sqrt(model.n0 * model.p0)
        ds.reset_devsim()
        # currents are small differences of large fluxes
        for name in ("extended_solver", "extended_model", "extended_equation"):
            ds.set_parameter(name=name, value=True)
        net = self._mesh(case, model.width)
        self.potential = KT * np.arcsinh(net / (2.0 * self.n_ie))
        n_i = silicon.intrinsic_density()
        numbers = {
            "q": Q,
            "kt": KT,
            "eps": PERMITTIVITY,
            "nie": self.n_ie,
            "tau_n": case.tau_n,
            "tau_p": case.tau_p,
            "b": model.B,
        }
        numbers |= {"n1": n_i * np.exp(case.level / KT), "p1": n_i * np.exp(-case.level / KT)}
        numbers |= {
            "mu_n": model.mobility[0] * speed,
            "mu_p": model.mobility[1] * speed,
            "light": 0.0,
            "bias_n": 0.0,
            "bias_p": 0.0,
        }
        for name, value in numbers.items():
            self._set(name, value)
        self._solution("Potential", self.potential)
        self._solution("Electrons", self.n_ie * np.exp(self.potential / KT))
        self._solution("Holes", self.n_ie * np.exp(-self.potential / KT))
        self._equations()
        self._contact("n", "Electrons", self.potential[0])
        self._contact("p", "Holes", self.potential[-1])
        self._solve()
        for share in np.geomspace(1e-6, 1.0, 7):
            self._set("light", share * GENERATION * 1e-3 / (Q * model.width))
            self._solve()
        self.voltage = 0.0

    def _mesh(self, case: Case, width: float) -> np.ndarray:
        """Make the mesh, finest where wafer and layers meet; return the net doping at its nodes."""
        half = np.concatenate([np.linspace(0.0, 1e-6, 20, endpoint=False), np.geomspace(1e-6, width / 2, 70)])
        layer = np.concatenate([np.linspace(0.0, 1e-7, 10, endpoint=False), np.linspace(1e-7, LAYER, 11)])[1:]
        x = np.concatenate([-layer[::-1], half, (width - half[:-1])[::-1], width + layer])
        self.ds.create_1d_mesh(mesh="mesh")
        for k, position in enumerate(x):
            self.ds.add_1d_mesh_line(mesh="mesh", pos=float(position), ps=width, tag=f"x{k}")
        last = f"x{len(x) - 1}"
        self.ds.add_1d_contact(mesh="mesh", name="n", tag="x0", material="metal")
        self.ds.add_1d_contact(mesh="mesh", name="p", tag=last, material="metal")
        self.ds.add_1d_region(mesh="mesh", region="cell", material="silicon", tag1="x0", tag2=last)
        self.ds.finalize_mesh(mesh="mesh")
        self.ds.create_device(mesh="mesh", device="cell")
        x = np.array(self.ds.get_node_model_values(**self.at, name="x"))
        wafer = (x > -1e-10) & (x < width + 1e-10)
        net = np.where(
            wafer,
            case.doping if case.kind == "n" else -case.doping,
            np.where(x < 0.0, LAYER_DOPING, -LAYER_DOPING),
        )
        self._solution("NetDoping", net)
        self._solution("wafer", 1.0 * wafer)
        return net

    def _set(self, name: str, value: float) -> None:
        self.ds.set_parameter(**self.at, name=name, value=float(value))

    def _solution(self, name: str, values: np.ndarray) -> None:
        self.ds.node_solution(**self.at, name=name)
        self.ds.set_node_values(**self.at, name=name, values=values.tolist())
        self.ds.edge_from_node_model(**self.at, node_model=name)

    def _node(self, name: str, formula: str, *variables: str) -> None:
        self.ds.node_model(**self.at, name=name, equation=formula)
        for variable in variables:
            self.ds.node_model(**self.at, name=f"{name}:{variable}", equation=f"diff({formula},{variable})")

    def _edge(self, name: str, formula: str, *variables: str) -> None:
        self.ds.edge_model(**self.at, name=name, equation=formula)
        for variable in (f"{v}@n{k}" for v in variables for k in "01"):
            self.ds.edge_model(**self.at, name=f"{name}:{variable}", equation=f"diff({formula},{variable})")

    def _equations(self) -> None:
        """Poisson and both continuity equations, fluxes by Scharfetter and Gummel."""
        rise = "((Potential@n1-Potential@n0)/kt)"
        up, down = f"B({rise})", f"B(-{rise})"
        self._edge("flux", "eps*(Potential@n0-Potential@n1)*EdgeInverseLength", "Potential")
        self._edge(
            "j_n",
            f"q*mu_n*kt*EdgeInverseLength*(Electrons@n1*{up}-Electrons@n0*{down})",
            "Potential",
            "Electrons",
        )
        self._edge(
            "j_p", f"q*mu_p*kt*EdgeInverseLength*(Holes@n0*{up}-Holes@n1*{down})", "Potential", "Holes"
        )
        bell = "(1+((Electrons+Holes)/4e17)^2)"
        auger = f"3.41e-31*(1+3.38/{bell})*Electrons+1.17e-31*(1+3.88/{bell})*Holes"
        rate = f"(Electrons*Holes-nie^2)*(1/(tau_p*(Electrons+n1)+tau_n*(Holes+p1))+b+{auger})"
        carriers = ("Electrons", "Holes")
        self._node("charge", "-q*(Holes-Electrons+NetDoping)", *carriers)
        self._node("electrons_made", f"q*wafer*(light-{rate})", *carriers)
        self._node("holes_lost", f"-q*wafer*(light-{rate})", *carriers)
        update = {"Potential": "log_damp", "Electrons": "positive", "Holes": "positive"}
        models = (("charge", "flux"), ("electrons_made", "j_n"), ("holes_lost", "j_p"))
        for (variable, how), (node, edge) in zip(update.items(), models, strict=True):
            equation = {
                "name": variable,
                "variable_name": variable,
                "variable_update": how,
                "node_model": node,
                "edge_model": edge,
            }
            self.ds.equation(**self.at, **equation)

    def _contact(self, name: str, carrier: str, potential: float) -> None:
        """Pin potential and majority carriers; minority carriers do not pass, for which no equation is
        needed.
        """
        density = self.n_ie * np.exp(abs(potential) / KT)
        pinned = {
            "Potential": f"Potential-({float(potential)!r})-bias_{name}",
            carrier: f"{carrier}-{float(density)!r}",
        }
        for variable, formula in pinned.items():
            model = f"{name}_{variable}"
            self.ds.contact_node_model(device="cell", contact=name, name=model, equation=formula)
            self.ds.contact_node_model(device="cell", contact=name, name=f"{model}:{variable}", equation="1")
            carried = "j_n" if name == "n" else "j_p"
            current = {"edge_current_model": carried} if variable == carrier else {}
            self.ds.contact_equation(device="cell", contact=name, name=variable, node_model=model, **current)

    def _solve(self) -> None:
        self.ds.solve(
            type="dc", absolute_error=1e8, relative_error=1e-10, charge_error=1e30, maximum_iterations=60
        )

    def current(self, voltage: float) -> float:
        """Return the delivered current density, mA cm-2, coming from the last voltage in steps of at most 0.1
        V.
        """
        for v in np.linspace(self.voltage, voltage, 2 + int(abs(voltage - self.voltage) / 0.1))[1:]:
            self._set("bias_p", v)
            self._solve()
        self.voltage = voltage
        return -1e3 * self.ds.get_contact_current(device="cell", contact="p", equation="Holes")

    def points(self, model: Model) -> dict[str, Any]:
        """Return open circuit, short circuit and maximum power by name."""
        found = {"j_sc": self.current(0.0), "j_at_v_mp": self.current(model.v_mp)}
        span = (model.v_mp - 0.03, model.v_mp + 0.03)
        best = minimize_scalar(
            lambda v: -v * self.current(v), bounds=span, method="bounded", options={"xatol": 1e-5}
        )
        found |= {"v_mp": best.x, "p_mp": -best.fun}
        found["v_oc"] = brentq(self.current, model.v_mp, model.v_oc + 0.01, xtol=1e-7)
        return found | {"fill_factor": 100.0 * found["p_mp"] / (found["v_oc"] * found["j_sc"])}


@pytest.mark.parametrize("name", CASES)
def test_flat_quasi_fermi_levels(devsim, name):
    """With fast carriers both are the same model, but for the junction.

    Left over, with a margin in the tolerances: recombination in its depletion region (2.4e-4 of the current,
    0.03 mV of V_oc), the transport that remains (3e-5 of J_sc), and the slope of the narrowing at maximum
    power (0.7 mV of V_mp, where power is flat).
    """
    model = Model(CASES[name])
    found = Device(devsim, CASES[name], model, FAST).points(model)
    assert found["v_oc"] == pytest.approx(model.v_oc, abs=1e-4)
    assert found["j_sc"] == pytest.approx(model.j_sc, rel=1e-4)
    assert found["j_at_v_mp"] == pytest.approx(model.j_mp, rel=1e-3)
    assert found["v_mp"] == pytest.approx(model.v_mp, abs=1e-3)
    assert found["p_mp"] == pytest.approx(model.v_mp * model.j_mp, rel=5e-4)
    assert found["fill_factor"] == pytest.approx(model.fill_factor, abs=0.03)


@pytest.mark.parametrize("name", TRANSPORT)
def test_loss_that_flat_levels_leave_out(devsim, name):
    """With silicon's mobilities power is lower by what carriers spend on their way: the mean of both
    quasi-Fermi levels' drops.

    Generated evenly, electrons leave at one end and holes at the other: the mean drop is J W/3 (1/(q mu_n n)
    + 1/(q mu_p p)). To first order: n and p are taken even, 15 %. At open circuit nothing flows.
    """
    model = Model(TRANSPORT[name])
    found = Device(devsim, TRANSPORT[name], model, 1.0).points(model)
    conductivity = (
        mu * (density + model.dn) for mu, density in zip(model.mobility, (model.n0, model.p0), strict=True)
    )
    drop = sum(model.j_mp * 1e-3 * model.width / (3.0 * Q * c) for c in conductivity)
    loss = 1.0 - found["p_mp"] / (model.v_mp * model.j_mp)
    assert loss == pytest.approx(drop / model.v_mp, rel=0.15, abs=3e-4)
    assert found["v_oc"] == pytest.approx(model.v_oc, abs=1e-4)


@pytest.mark.parametrize("name", ["low injection, n", "low injection, p"])
def test_collection_that_flat_levels_leave_out(devsim, name):
    """At short circuit carriers within a diffusion length L of the junction arrive: L tanh(W/L) of the
    wafer's W.

    Of short-lived wafers the model grants this loss (5 and 13 % here) as current. The depletion region, which
    collects everything and shortens W, takes 2 % off the loss.
    """
    case, model = CASES[name], Model(CASES[name])
    found = Device(devsim, case, model, 1.0)
    minority = (model.mobility[1], case.tau_p) if case.kind == "n" else (model.mobility[0], case.tau_n)
    length = np.sqrt(KT * minority[0] * minority[1])
    expected = length * np.tanh(model.width / length) / model.width
    assert 1.0 - found.current(0.0) / model.j_sc == pytest.approx(1.0 - expected, rel=0.03)
