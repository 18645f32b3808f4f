"""The chain in ``pv.cell``: from parts per billion to efficiency, and what must and must not matter."""

import warnings

import numpy as np
import pytest

import energymodels as em
from energymodels import datasets
from energymodels.core.errors import InertWarning, InputError, ProvenanceWarning
from energymodels.core.registry import get_model
from energymodels.core.spec import load
from energymodels.core.sweep import solve
from energymodels.kernels.pv.metals.layout import CENTRES, LEVELS
from energymodels.pv.metals import data, stages

PERC, TOPCON, HJT = "industrial-perc-2023", "industrial-topcon-2023", "industrial-hjt-2023"
INGOT = {"crystal.position": "0:0.8:17"}  # where a recharged crystal ends


def efficiency(spec, values):
    return float(em.run(spec, values).efficiency)


def loss(spec, over, values):
    """Return the loss against the first place of the first axis."""
    found = em.sweep(spec, over, values).efficiency
    return found[0].values - found.values


def test_iron_of_the_feed_does_not_move_n_type():
    """0.5 or 1 ppbw of iron in the first crystal: below 0.01 % absolute anywhere; k of iron leaves 2e8 cm-3
    at the seed.
    """
    assert (
        np.abs(loss(TOPCON, {"feedstock.metals.Fe": "0.5,1"} | INGOT, {"process.gettering": "none"})).max()
        < 0.01
    )


def test_chromium_after_eight_recharges_costs():
    """Without gettering, half a ppbw: a heterojunction cell loses tenths of a percent at the seed, most of
    one at the tail.
    """
    recharged = {"crystal.route": "rcz", "crystal.pulls": 8}
    lost = loss(HJT, {"feedstock.metals.Cr": "0,0.5"} | INGOT, recharged)[1]
    iron = loss(HJT, {"feedstock.metals.Fe": "0,0.5"} | INGOT, recharged)[1]
    assert lost[0] > 0.1
    assert lost[-1] > 0.5
    assert (lost > 10.0 * iron).all()


def test_iron_of_tools_is_gettered_from_topcon():
    """2e12 cm-3 before the process change less than 0.1 % absolute (Yang 2024 saw none); more costs more.

    That 1e13 hurt there was put down to the emitter, a term that is off: no coefficient is published.
    Gettering is a fit.
    """
    for factor in (0.1, 1.0, 10.0):
        process = {"process.gettering": "topcon", "process.segregation_factor": factor}
        lost = loss(TOPCON, {"process.contamination.Fe": [0.0, 2e12, 1e13]}, process)
        assert 0.0 < lost[1] < 0.1
        assert lost[2] > 3.0 * lost[1]
    with_emitter = {"process.gettering": "topcon", "front.j0_iron": 1e-12}
    assert loss(TOPCON, {"process.contamination.Fe": [0.0, 1e13]}, with_emitter)[1] > 0.1


def test_gettering_brings_back_what_can_move():
    grown = {"process.contamination.Fe": 1e12, "process.contamination.Mo": 1e12}
    found = em.sweep(PERC, {"process.gettering": "none,perc,topcon"}, grown)
    assert (found.wafer_metals.sel(element="Mo") == 1e12).all()
    assert (found.wafer_metals.sel(element="Fe").values[1:] < 0.02 * 1e12).all()
    assert (found.grown_metals == 1e12).all()


def test_boron_oxygen_costs_what_it_cost():
    """With 5e17 cm-3 of oxygen and an optimised process a cell loses 3 to 7 % relative; gallium wafers
    nothing.

    19.2 instead of 20.7 % within a factor 1.5 of the lifetime.
    """
    wafer = {"wafer.resistivity": 1.5, "wafer.oxygen": 5e17, "wafer.bo_factor": 2.0, "wafer.dopant": "B"}
    found = em.sweep(
        PERC, {"wafer.bo_active": [0.0, 1.0], "wafer.bo_factor": [4.0 / 3.0, 2.0, 3.0]}, wafer
    ).efficiency.values
    share = 1.0 - found[1] / found[0]
    assert 0.03 < share[1] < 0.07
    assert share.min() < 1.0 - 19.2 / 20.7 < share.max()
    assert (
        np.ptp(
            em.sweep(PERC, {"wafer.bo_active": [0.0, 1.0]}, wafer | {"wafer.dopant": "Ga"}).efficiency.values
        )
        == 0.0
    )


def test_clean_wafers_live_long():
    """Thermal donors dope and do nothing else: 15 ms and more; typical wafers pass the floors of 1 ms (n) and
    90 us (p).
    """
    clean = {"wafer.type": "n", "wafer.doping": 1e15}
    found = em.sweep("pv.cell", {"wafer.thermal_donors": [0.0, 1e13]}, clean)
    assert (found.bulk_lifetime_1e15 > 15e-3).all()
    assert np.diff(found.base_doping) == pytest.approx(2e13, rel=1e-9)
    assert em.run(TOPCON).bulk_lifetime_1e15 > 1e-3
    assert em.run(HJT).bulk_lifetime_1e15 > 1e-3
    assert em.run(PERC).bulk_lifetime_1e15 > 90e-6


def test_thermal_donors_may_turn_a_wafer():
    """Two electrons each: 1e15 of them in p-type of 1e15 leave n-type of 1e15; half as many an intrinsic
    wafer.
    """
    found = em.sweep(
        "pv.cell", {"wafer.thermal_donors": [0.0, 5e14, 1e15]}, {"wafer.type": "p", "wafer.doping": 1e15}
    )
    assert found.status.values.tolist() == [0, 0, 0]
    assert found.base_doping.values == pytest.approx([1e15, 0.0, 1e15])
    assert found.base_type.values.tolist() == [1, 1, 0]


@pytest.mark.parametrize(("kind", "doping"), [("n", 5e15), ("p", 1e16)])
def test_lifetime_in_the_cell_is_the_centres(kind, doping):
    """The bulk lifetime less the clean wafer's is that of the centre by itself; iron in p-type is paired in
    the dark.
    """
    values = {"wafer.type": kind, "wafer.doping": doping, "temperature": 300.0}
    metals = {"wafer.metals.Fe_i": 1e12, "wafer.metals.Cr_i": 1e11}
    clean, dirty = (em.run("pv.cell", values | more) for more in ({}, metals))
    rate = float(1.0 / dirty.bulk_lifetime_1e15 - 1.0 / clean.bulk_lifetime_1e15)
    parts = [
        1.0 / float(stages.lifetime(name.rsplit(".")[-1], N, 1e15, doping, kind))
        for name, N in metals.items()
    ]
    assert rate == pytest.approx(sum(parts), rel=1e-9)


def test_pairs_in_the_dark_and_in_light():
    values = {"wafer.dopant": "B", "wafer.doping": 1e16, "process.contamination.Fe": 1e12}
    dark, light = (em.run("pv.cell", values | {"wafer.pairs": pairs}) for pairs in ("dark", "light"))
    share = float(stages.paired_fraction("Fe", 1e16, 298.15))
    paired = em.run(
        "pv.cell",
        {
            "wafer.dopant": "B",
            "wafer.doping": 1e16,
            "wafer.metals.FeB": share * 1e12,
            "wafer.metals.Fe_i": (1 - share) * 1e12,
        },
    )
    assert float(dark.bulk_lifetime_1e15) == pytest.approx(float(paired.bulk_lifetime_1e15), rel=1e-9)
    assert light.bulk_lifetime_1e15 > dark.bulk_lifetime_1e15  # above the crossover free iron is the weaker
    later = em.sweep("pv.cell", {"wafer.pairing_time": [0.0, 600.0, 1e5]}, values).bulk_lifetime_1e15.values
    assert (np.diff(later) < 0.0).all()
    assert later[0] == light.bulk_lifetime_1e15


@pytest.mark.parametrize(("wafer", "metal"), [
    ({"wafer.dopant": "B"}, "Fe"), ({"wafer.dopant": "Ga"}, "Fe"), ({"wafer.type": "p"}, "Fe"),
    ({"wafer.type": "n"}, "Fe"),
    ({"wafer.dopant": "B"}, "Cr"), ({"wafer.dopant": "B"}, "Mn"),
])  # fmt: skip
def test_a_metal_by_its_symbol_pairs(wafer, metal):
    """Dissolved in the finished wafer it does what it does when a tool brought it; in n-type it
    stays alone.
    """
    values = wafer | {"wafer.doping": 1e16}
    for pairs in ("dark", "light"):
        stated, brought = (
            em.run("pv.cell", values | {"wafer.pairs": pairs, f"{table}.{metal}": 1e10})
            for table in ("wafer.metals", "process.contamination")
        )
        assert float(stated.bulk_lifetime_1e15) == pytest.approx(float(brought.bulk_lifetime_1e15), rel=1e-9)
        assert stated.wafer_metals.sel(element=metal) == 1e10
    alone = em.run("pv.cell", values | {f"wafer.metals.{metal}_i": 1e10})
    # in light
    assert float(stated.bulk_lifetime_1e15) == pytest.approx(float(alone.bulk_lifetime_1e15), rel=1e-9)


def test_iron_and_its_centres_exclude_each_other():
    with pytest.raises(InputError, match=r"wafer\.metals\.Fe: excludes wafer\.metals\.FeB"):
        em.run("pv.cell", {"wafer.metals.Fe": 1e12, "wafer.metals.FeB": 1e12})


def test_sets_of_iron_that_pairs():
    values = {"wafer.dopant": "B", "wafer.doping": 1e16, "wafer.metals.Fe": 1e12}
    sets = em.sweep("pv.cell", {}, values, sets="all")["set"].values.tolist()
    assert {name.split("=")[0] for name in sets[1:]} == {"defects.Fe_i", "defects.FeB"}


@pytest.mark.parametrize(("values", "inert"), [
    ({"wafer.metals.Fe": 1e12}, False), ({"process.contamination.Fe": 1e12}, False),
    ({"wafer.metals.Fe_i": 1e12}, True),
    ({"wafer.metals.Mo": 1e12}, True), ({"process.contamination.Mo": 1e12}, True), ({}, True),
])  # fmt: skip
def test_pairs_act_on_metals_that_pair(values, inert):
    fields = load("pv.cell").replace(values).checked()
    found = get_model("pv.cell").reviewed(fields, {"wafer.pairs": np.array(["dark"])}).without_effect()
    assert (found == {"wafer.pairs": "no metal in the wafer forms pairs"}) is inert


def test_recombination_by_element_adds_up():
    metals = {"Fe": 3.0, "Cr": 1.0, "Ti": 1.0, "Ni": 10.0}
    found = em.run(
        TOPCON,
        {f"feedstock.metals.{m}": x for m, x in metals.items()}
        | {"wafer.tau": float("inf"), "process.gettering": "none"},
    )
    assert found.element.values.tolist() == ["Fe", "Cr", "Ni", "Ti"]
    assert float(found.j_metals_mp.sum()) == pytest.approx(float(found.j_srh_mp), rel=1e-12)
    assert found.j_metals_mp.sel(element="Cr") == found.j_metals_mp.max()


def test_resistivity_follows_the_crystal():
    """Scheil for boron, phosphorus, gallium; a continuously fed crystal is even."""
    found = em.sweep(
        "pv.cell",
        {"wafer.dopant": "B,P,Ga", "crystal.position": "0,0.9", "crystal.route": "cz,ccz"},
        {"crystal.seed_resistivity": 2.0},
    )
    ratio = (found.base_doping[:, 1] / found.base_doping[:, 0]).sel(crystal_route="cz").values
    assert ratio == pytest.approx(10.0 ** (1.0 - np.array([0.8, 0.35, 8e-3])), rel=0.02)
    assert np.ptp(found.base_doping.sel(crystal_route="ccz").values, axis=1).max() == 0.0
    assert found.base_resistivity[:, 0].values == pytest.approx(2.0, rel=1e-9)


def test_a_total_splits_by_its_prior():
    found = em.sweep(
        TOPCON,
        {"feedstock.composition": "stainless,Fe,Cr,equal-mass"},
        {"feedstock.total_metals": 1.0, "crystal.position": 0.0},
    )
    iron = found.grown_metals.sel(element="Fe").values
    k = stages.segregation("Fe") * float(stages.density(1.0, "Fe"))
    assert iron[[1, 2]].tolist() == pytest.approx([k, 0.0])
    assert iron[0] == pytest.approx(data.compositions()["stainless"]["Fe"] * k)
    assert iron[3] == pytest.approx(k / len(data.compositions()["equal-mass"]))


def test_sets_give_a_band():
    values = {"feedstock.total_metals": 1.0, "feedstock.composition": "stainless", "crystal.position": 0.9}
    found = em.sweep(HJT, {"process.gettering": "none,pocl3"}, values, sets="all")
    plain = em.sweep(HJT, {"process.gettering": "none,pocl3"}, values)
    assert found["set"].values[0] == "as given"
    assert (found.efficiency.isel(set=0) == plain.efficiency).all()
    assert {
        "feedstock_composition",
        "defects_Cr_i",
        "crystal_segregation_Ni",
        "process_segregation_factor",
    } <= set(found.coords)
    band = found.efficiency.max("set") - found.efficiency.min("set")
    assert band[0] > 0.1
    assert band[1] < band[0]
    drawn = em.sweep(HJT, {}, values, sets=50).efficiency
    assert drawn.size == 51
    assert drawn.equals(em.sweep(HJT, {}, values, sets=50).efficiency)
    with pytest.raises(InputError, match="no published alternatives"):
        em.sweep(HJT, {}, sets="all")
    with pytest.raises(InputError, match="all, or a number of draws"):
        em.sweep(HJT, {}, values, sets="some")


@pytest.mark.parametrize("suffix", [".nc", ".zarr", ".csv"])
def test_results_by_element_and_set_read_back(tmp_path, suffix):
    values = {"feedstock.total_metals": 1.0, "feedstock.composition": "stainless"}
    found = em.sweep(TOPCON, {"crystal.position": "0:0.9:3"}, values, sets="all")
    assert em.read(em.write(found, tmp_path / f"r{suffix}")).equals(found)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"feedstock.total_metals": 1.0}, "feedstock.composition.*not published"),
        ({"feedstock.composition": "stainless"}, "feedstock.total_metals.*needed"),
        ({"feedstock.metals.Fe": 1.0, "wafer.metals.Fe_i": 1e12}, "excludes"),
        ({"feedstock.metals.Fe": 1.0, "feedstock.grade": "gbt-12963-2014-1"}, "excludes"),
        ({"wafer.resistivity": 1.0, "crystal.seed_resistivity": 1.0}, "excludes"),
        ({"feedstock.metals.Xx": 1.0}, "unknown field"),
        ({"feedstock.metals.Fe": -1.0}, "from 0"),
        ({"crystal.position": 1.0}, "below 1"),
        ({"crystal.pulls": 1.5}, "whole number"),
        ({"process.gettering": "pocl"}, "pocl3"),
        ({"feedstock.metals.Fe": 1.0, "crystal.pulls": 8}, "crystal.route"),
        ({"feedstock.metals.Fe": 1.0, "crystal.route": "rcz", "crystal.position": 0.9},
        "ends at crystal.pulled_fraction"),
        ({"defects.Fe_i": "nobody"}, "macdonald2008"),
    ],
)  # fmt: skip
def test_wrong_input_is_named(values, words):
    with pytest.raises(InputError, match=words):
        em.run(TOPCON, values)


@pytest.mark.parametrize(
    "values", [{"feedstock.metals.Fe": 1.0}, {"feedstock.carbon": 1.0}, {"crystal.seed_resistivity": 1.0}]
)
def test_a_recharged_crystal_ends(values):
    found = em.sweep("pv.cell", {"crystal.position": [0.8, 0.81]}, values | {"crystal.route": "rcz"})
    assert found.status.values.tolist() == [0, 3]


def test_setting_one_replaces_the_other():
    base = em.load(TOPCON).replace({"feedstock.metals.Fe": 1.0})
    assert "feedstock.metals.Fe" not in base.replace({"wafer.metals.Fe_i": 1e12}).checked()
    found = base.replace({"feedstock.total_metals": 1.0, "feedstock.composition": "Fe"}).checked()
    assert "feedstock.metals.Fe" not in found


def test_what_rests_on_memory_or_assumption_is_said():
    with (
        pytest.warns(ProvenanceWarning, match="recalled.*gbt-12963-2014"),
        pytest.warns(ProvenanceWarning, match="composition is assumed"),
    ):
        found = em.run(TOPCON, {"feedstock.grade": "gbt-12963-2014-1", "feedstock.composition": "equal-mass"})
    assert "recalled" in found.attrs["comment"]
    with pytest.warns(ProvenanceWarning, match="stay in the melt"):
        em.run(TOPCON, {"feedstock.metals.Na": 1.0})
    with pytest.warns(ProvenanceWarning, match="segregation of Fe is assumed"):
        em.run(TOPCON, {"feedstock.metals.Fe": 1.0, "process.gettering": "pocl3"})
    with warnings.catch_warnings():
        warnings.simplefilter("error", ProvenanceWarning)
        em.run(HJT, {"feedstock.metals.Fe": 1.0})


def test_results_cite_their_data():
    found = (
        em.sweep(TOPCON, {"defects.Cr_i": "sun2014,mishra1996"}, {"feedstock.metals.Cr": 1.0})
        .attrs["data_sources"]
        .split("; ")
    )
    assert {"sun2014", "mishra1996", "davis1980", "weber1983"} <= set(found)
    assert set(found) <= set(datasets.table("sources"))
    assert "data_sources" not in em.run(TOPCON).attrs


@pytest.mark.parametrize(
    ("over", "values"),
    [
        ({"crystal.position": "0,0.5"}, {}),
        ({"process.gettering": "none,pocl3"}, {}),
        ({"process.gettering": "none,pocl3"}, {"wafer.metals.Fe_i": 1e12}),
        ({"defects.Cr_i": "sun2014,schmidt2007"}, {"feedstock.metals.Fe": 1.0}),
        ({"wafer.oxygen": [1e17, 1e18]}, {}),
    ],
)
def test_what_does_not_act_is_said(over, values):
    with pytest.warns(InertWarning):
        found = em.sweep(TOPCON, over, values)
    assert np.ptp(found.efficiency.values) == 0.0


def test_every_metal_at_once():
    some = {f"feedstock.metals.{m}": 1.0 for m in data.metals()}
    found = solve(TOPCON, {}, some)
    assert not found.failed
    assert len(data.centres()) <= CENTRES
    assert max(s.longest for c in data.centres().values() for s in c.sets) <= LEVELS


@pytest.mark.parametrize("name", ["grown_metals", "wafer_metals", "wafer_active", "j_metals_mp"])
def test_amounts_are_linear_in_the_feed(name):
    """Below the solubility; recombination at maximum power nearly so."""
    found = em.sweep(HJT, {"feedstock.metals.Cr": [0.001, 0.002]}, {"process.gettering": "pocl3"})[
        name
    ].values
    assert found[1] / found[0] == pytest.approx(2.0, rel=1e-3 if name == "j_metals_mp" else 1e-12)


def test_command_line_shows_metals(cli):
    import json

    found = json.loads(cli("run", TOPCON, "-p", "feedstock.metals.Fe=1", "--json").stdout)
    assert set(found["wafer_metals"]) == {"Fe"}
    assert "wafer_metals[Fe]" in cli("run", TOPCON, "-p", "feedstock.metals.Fe=1").output
    assert "not published" in cli("run", TOPCON, "-p", "feedstock.total_metals=1", status=2).output


# Metal budgets


def test_found_amounts_cost_what_they_should():
    found = em.metal_budget(
        [em.load(spec).replace({"process.gettering": "none"}) for spec in (PERC, HJT)], ["Fe", "Cr"]
    )
    assert (found.reason == 0).all()
    for i, spec in enumerate((PERC, PERC, HJT, HJT)):
        for element in ("Fe", "Cr"):
            place = found.isel(cell=i).sel(element=element, loss=0.5)
            values = {"wafer.dopant": str(place.dopant.values), "process.gettering": "none"}
            clean = efficiency(spec, values)
            for path, name in (
                (f"process.contamination.{element}", "before_gettering"),
                (f"feedstock.metals.{element}", "feed"),
            ):
                assert clean - efficiency(spec, values | {path: float(place[name])}) == pytest.approx(
                    0.5, abs=1e-4
                )
            assert clean == pytest.approx(float(place.efficiency), rel=1e-12)


def test_metal_budget_depends_on_what_it_should():
    def feed(values, element="Cr"):
        values = {"process.gettering": "none"} | values
        return float(em.metal_budget(em.load(TOPCON).replace(values), [element], [0.5], ["n"]).feed.item())

    hot = {"wafer.freeze_temperature": 1000.0}  # so that nothing precipitates before it costs
    assert feed(hot | {"process.gettering": "pocl3"}) > 50.0 * feed(hot)
    assert (
        em.metal_budget(
            em.load(TOPCON).replace({"process.gettering": "pocl3"}), ["Cr"], [1.0], ["n"]
        ).reason.item()
        == 4
    )
    assert feed({"crystal.position": 0.9}) < feed({}) / 4.0
    assert feed({"crystal.route": "rcz", "crystal.pulls": 8}) < feed({}) / 3.0
    assert feed({"feedstock.metals.Cr": 5.0}) == feed({})
    assert feed({}, "Fe") > 20.0 * feed({})


def test_metal_budget_without_an_answer_says_why():
    found = em.metal_budget(
        em.load(TOPCON).replace({"process.gettering": "none"}), ["Na", "Ni", "Pt"], [0.5, 25.0], ["n"]
    )
    assert np.isnan(found.wafer.sel(element="Na")).all()
    assert found.reason.sel(element="Na").values.tolist() == [[1, 1]]
    assert found.reason.sel(element="Pt", loss=0.5).item() == 2
    assert found.wafer.sel(element="Pt", loss=0.5) > 0.0
    assert np.isnan(found.feed.sel(element="Pt")).all()


def test_metal_budget_with_sets():
    found = em.metal_budget(HJT, ["Cr"], [0.5], sets="all").isel(loss=0, element=0)
    for name in ("wafer", "feed"):
        assert (found[f"{name}_low"] < found[name]).all()
        assert (found[f"{name}_high"] > found[name]).all()


def test_metal_budget_on_the_command_line(cli):
    import json

    found = json.loads(
        cli("metal-budget", TOPCON, "-p", "process.gettering=none", "--element", "Fe,Cr", "--json").stdout
    )
    assert found["cells"][0]["elements"]["Fe"]["0.1"]["wafer"] == pytest.approx(1.29e11, rel=0.01)
    assert [c["type"] for c in found["cells"]] == ["n", "p"]
    assert "before_gettering" in cli("metal-budget", TOPCON, "--element", "Fe").output
    assert "did you mean Fe" in cli("metal-budget", TOPCON, "--element", "Fee", status=2).output
    assert "loss" in cli("metal-budget", TOPCON, "--element", "Fe", "--loss", "-1", status=2).output
    assert "pv.cell" in cli("metal-budget", "pv.diode", "--element", "Fe", status=2).output
