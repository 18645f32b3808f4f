"""The impurity data by themselves, without the code that reads them: complete, consistent, and the published
numbers.
"""

import re
from math import exp, sqrt

import pytest

from energymodels import datasets

ELEMENTS = {
    key: entry for key, entry in datasets.table("pv/metals/elements").items() if isinstance(entry, dict)
}
CENTRES = {
    key: entry for key, entry in datasets.table("pv/metals/defects").items() if isinstance(entry, dict)
}
FEED = datasets.table("pv/metals/feedstocks")
METALS = {symbol for symbol, entry in ELEMENTS.items() if entry["group"] == "metal"}
LISTS = ("segregation", "diffusivity", "solubility")
K_B, AVOGADRO, DENSITY = 8.617333262e-5, 6.02214076e23, 2.329  # eV K-1, mol-1, g cm-3
GREEN, BULLIS = (2.05e7, 1.69e7), (1.1e7, 1.1e7)  # thermal velocities, cm s-1
SETS = [(name, found) for name, entry in CENTRES.items() for found in entry["sets"]]


def celsius(entry, temperature):
    """Return prefactor exp(-activation/kT) at a temperature in degC."""
    return entry["prefactor"] * exp(-entry["activation"] / (K_B * (temperature + 273.15)))


def section(entry, temperature=300.0):
    """Return a capture cross section, cm2."""
    power, activation = entry.get("power", 0.0), entry.get("activation", 0.0)
    return entry["prefactor"] * temperature**power * exp(-activation / (K_B * temperature))


def found_set(name, key):
    """Return the set ``key`` of a centre."""
    return next(s for s in CENTRES[name]["sets"] if s["key"] == key)


def test_elements_are_all_there():
    """Metals that gettering and recombination know of, the dopants, and what comes with the crucible."""
    assert (
        set(re.findall(r"\w+", "Fe Cr Ni Cu Co Mn Ti V Mo W Ta Nb Zr Zn Al Au Pt Ag Pd Sn Mg Na K Ca"))
        == METALS
    )
    assert {s for s, entry in ELEMENTS.items() if entry["group"] == "dopant"} == {"B", "P", "Ga", "As", "Sb"}
    assert {s for s, entry in ELEMENTS.items() if entry["group"] == "light"} == {"C", "O", "N"}


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_element(symbol):
    """Every entry is sourced, every key unique; a default is less certain than an alternative only if there
    is none better.
    """
    entry = ELEMENTS[symbol]
    assert entry["name"]
    assert entry["mass"]["unit"] == "g mol-1"
    for name in LISTS:
        choices = entry.get(name, [])
        assert len({choice["key"] for choice in choices}) == len(choices)
        for choice in choices:
            assert {"key", "source", "method", "unit"} <= choice.keys()
            assert all(character.isalnum() or character in "-_" for character in choice["key"])
            assert choice.get("value", choice.get("prefactor")) > 0.0
            assert choice.get("low_T", 1.0) < choice.get("high_T", 2.0)
        if choices and choices[0].get("confidence") == "l":
            assert all(
                choice.get("confidence") == "l" or choice["method"] in {"derived", "published"}
                for choice in choices
            )
    if symbol in METALS:
        active = entry["active"]
        assert (
            0.0
            <= active.get("low", active["value"])
            <= active["value"]
            <= active.get("high", active["value"])
            <= 1.0
        )


def test_masses():
    """One ppbw of each in silicon, cm-3 (three digits)."""
    expected = {
        "B": 1.30e14,
        "C": 1.17e14,
        "O": 8.77e13,
        "Na": 6.10e13,
        "Al": 5.20e13,
        "P": 4.53e13,
        "Ti": 2.93e13,
        "Cr": 2.70e13,
    }
    expected |= {
        "Fe": 2.51e13,
        "Ni": 2.39e13,
        "Cu": 2.21e13,
        "Zn": 2.15e13,
        "Ga": 2.01e13,
        "Mo": 1.46e13,
        "W": 7.6e12,
        "Au": 7.1e12,
    }
    for symbol, density in expected.items():
        found = 1e-9 * DENSITY * AVOGADRO / ELEMENTS[symbol]["mass"]["value"]
        assert found == pytest.approx(density, rel=0.01), symbol


def test_default_segregation():
    """The recommended coefficients are the first; sodium, potassium and calcium have none."""
    expected = {
        "Fe": 8e-6,
        "Cr": 1.1e-5,
        "Ni": 1.3e-4,
        "Cu": 4e-4,
        "Co": 8e-6,
        "Mn": 1e-5,
        "Ti": 2.0e-6,
        "V": 4e-6,
        "Mo": 4.5e-8,
        "W": 1.7e-8,
    }
    expected |= {
        "Zn": 1e-5,
        "Al": 2e-3,
        "B": 0.8,
        "P": 0.35,
        "Ga": 0.0079,
        "As": 0.3,
        "Sb": 0.023,
        "C": 0.07,
        "O": 0.5,
        "N": 7e-4,
    }
    assert {symbol: ELEMENTS[symbol]["segregation"][0]["value"] for symbol in expected} == expected
    assert {symbol for symbol, entry in ELEMENTS.items() if "segregation" not in entry} == {
        "Na",
        "K",
        "Ca",
        "Pt",
    }
    assert all(
        choice["value"] < 0.1 for symbol in METALS for choice in ELEMENTS[symbol].get("segregation", [])
    )


def test_seed_end_of_one_ppbw():
    """What one ppbw in the melt leaves at the seed end, cm-3: 2.0e8 of iron, 1.0e11 of aluminium, 6.6e5 of
    molybdenum.
    """
    for symbol, density in {
        "Fe": 2.0e8,
        "Cr": 3.0e8,
        "Ni": 3.1e9,
        "Cu": 8.8e9,
        "Ti": 5.9e7,
        "Mo": 6.6e5,
        "Zn": 2.15e8,
        "Al": 1.0e11,
    }.items():
        melt = 1e-9 * DENSITY * AVOGADRO / ELEMENTS[symbol]["mass"]["value"]
        assert melt * ELEMENTS[symbol]["segregation"][0]["value"] == pytest.approx(density, rel=0.04), symbol


@pytest.mark.parametrize(
    ("symbol", "at_850", "at_1100"),
    [("Ti", 7.0e10, 2.2e13), ("Cr", 1.7e12, 3.2e14), ("Mn", 1.5e13, 3.0e15), ("Fe", 1.2e13, 3.0e15),
    ("Co", 2.0e13, 4.1e15),
     ("Ni", 3.6e16, 8.4e17), ("Cu", 1.1e17, 1.9e18)],
)  # fmt: skip
def test_solubility(symbol, at_850, at_1100):
    """The tabulated solubilities, cm-3; two digits."""
    default = ELEMENTS[symbol]["solubility"][0]
    assert celsius(default, 850.0) == pytest.approx(at_850, rel=0.05)
    assert celsius(default, 1100.0) == pytest.approx(at_1100, rel=0.05)


def test_solubilities_of_iron_agree():
    """The alternative is within 12 % of the default between 850 and 1100 degC."""
    default, other = ELEMENTS["Fe"]["solubility"][:2]
    assert celsius(other, 850.0) == pytest.approx(1.2e13, rel=0.05)
    assert celsius(other, 1100.0) == pytest.approx(2.7e15, rel=0.05)
    assert all(
        celsius(other, t) == pytest.approx(celsius(default, t), rel=0.12) for t in (850.0, 1000.0, 1100.0)
    )


@pytest.mark.parametrize(
    ("symbol", "key", "length"),
    [("Fe", "nakashima1992", 465), ("Fe", "istratov1999", 421), ("Cr", "wuerker1974", 242),
    ("Mn", "nakashima1994", 504),
     ("V", "nakashima1992", 13), ("Ti", "kuge1991", 4), ("Ti", "hocine1988", 5),
     ("Ni", "bakhadyrkhanov1980", 1670),
     ("Ni", "lindroos2013", 2540), ("Cu", "hall1964", 3150), ("Cu", "istratov1998", 2900),
     ("Co", "utzig1989", 1880)],
)  # fmt: skip
def test_diffusion_length(symbol, key, length):
    """sqrt(D t) after 30 minutes at 850 degC, um, to the digits of the table."""
    choice = next(c for c in ELEMENTS[symbol]["diffusivity"] if c["key"] == key)
    digits = 0.5 if length < 20 else 0.05 * length
    assert 1e4 * sqrt(1800.0 * celsius(choice, 850.0)) == pytest.approx(length, abs=digits)


def test_slow_metals_do_not_move():
    """No diffusivity is known of the refractory metals: they stay where they are; of the fast ones the
    published value is first.
    """
    assert {symbol for symbol in METALS if "diffusivity" in ELEMENTS[symbol]} == {
        "Fe",
        "Cr",
        "Ni",
        "Cu",
        "Co",
        "Mn",
        "Ti",
        "V",
        "Zn",
    }
    assert [ELEMENTS[s]["diffusivity"][0]["key"] for s in ("Fe", "Cr", "Ti", "Ni")] == [
        "nakashima1992", "wuerker1974", "kuge1991", "bakhadyrkhanov1980"]  # fmt: skip


@pytest.mark.parametrize(("name", "found"), SETS, ids=[f"{name}-{found['key']}" for name, found in SETS])
def test_set(name, found):
    """Sourced, with velocities of one of the two conventions, levels inside the gap and sections in the range
    of known centres.
    """
    assert {"key", "source", "method", "velocity_n", "velocity_p", "levels", "unit"} <= found.keys()
    assert all(character.isalnum() or character in "-_" for character in found["key"])
    assert (found["velocity_n"], found["velocity_p"]) in {GREEN, BULLIS}
    assert found["unit"] == "cm2, eV, cm s-1"
    assert found["levels"]
    for level in found["levels"]:
        assert ("below_c" in level) != ("above_v" in level)
        assert 0.0 < level.get("below_c", level.get("above_v")) < 0.6
        assert level.get("base", "n") in {"n", "p"}
        for carrier in "np":
            assert level[carrier].keys() <= {"prefactor", "power", "activation"}
            assert 1e-19 < section(level[carrier]) < 1e-11


@pytest.mark.parametrize("name", CENTRES)
def test_centre(name):
    """Keys are unique, the element is known, a default is not the least certain of several."""
    entry = CENTRES[name]
    assert len({s["key"] for s in entry["sets"]}) == len(entry["sets"])
    assert entry["element"] in {*ELEMENTS, ""}
    assert entry["acceptor"] in {"", "B", "Ga", "In"}
    assert entry["title"]
    assert entry["sets"][0].get("confidence", "h") != "l"


def test_default_sets():
    """The recommended sets are the first; chromium's cross sections go with 1.1e7 cm s-1."""
    expected = {
        "Fe_i": "macdonald2008",
        "FeB": "macdonald2006",
        "FeGa": "le2024",
        "Cr_i": "sun2014",
        "CrB": "sun2014",
        "CrGa": "anu2025",
    }
    expected |= {
        "Ti": "wang1984",
        "Mo": "paudyal2010",
        "AlO": "rosenits2011",
        "BO": "bothe2005",
        "Co": "diez2007",
        "Ni": "rein2005",
    }
    assert {name: CENTRES[name]["sets"][0]["key"] for name in expected} == expected
    bullis = {(name, s["key"]) for name, s in SETS if s["velocity_n"] == BULLIS[0]}
    assert bullis == {
        ("Cr_i", "sun2014"),
        ("Cr_i", "schmidt2007"),
        ("CrB", "sun2014"),
        ("CrB", "schmidt2007"),
        ("CrB", "habenicht2010"),
    }


@pytest.mark.parametrize(
    ("name", "key", "level", "energy", "electrons", "holes"),
    [
        ("Fe_i", "macdonald2008", 0, 0.38, 1.3e-14, 7e-17), ("Fe_i", "rein2005", 0, 0.394, 3.6e-15, 7e-17),
        ("Fe_i", "istratov1999", 0, 0.38, 4e-14, 6.8e-17), ("Fe_i", "paudyal2009", 0, 0.38, 7.5e-15, 6.6e-17),
        ("FeB", "macdonald2006", 0, 0.26, 5e-15, 3e-15), ("FeB", "rein2005", 0, 0.26, 2.5e-15, 5.5e-15),
        ("FeB", "macdonald2001", 0, 0.23, 3e-14, 2e-15), ("FeB", "birkholz2005", 0, 0.26, 1.4e-14, 1.1e-15),
        ("FeB", "paudyal2009", 0, 0.26, 3.3e-15, 1.3e-15), ("FeB", "walz1996", 0, 0.29, 2.5e-15, 3e-14),
        ("FeGa", "le2024", 0, 0.20, 2.3e-14, 1.1e-14), ("FeGa", "schmidt2005", 0, 0.20, 4e-14, 2e-14),
        ("Cr_i", "sun2014", 0, 0.24, 2.4e-14, 0.8e-14), ("Cr_i", "schmidt2007", 0, 0.24, 2e-14, 4e-15),
        ("CrB", "sun2014", 0, 0.27, 3.8e-14, 0.7e-14), ("CrB", "schmidt2007", 0, 0.28, 5e-15, 1e-14),
        ("CrGa", "anu2025", 0, 0.47, 5.1e-15, 1.1e-15), ("Ti", "wang1984", 0, 0.27, 3.0e-14, 1.35e-15),
        ("Ti", "wang1984", 1, 0.255, 1.3e-14, 3.8e-17), ("Ti", "paudyal2009", 1, 0.26, 1.44e-15, 3.7e-17),
        ("Ti", "davis1980", 0, 0.30, 1.04e-14, 8.3e-16), ("Mo", "paudyal2010", 0, 0.375, 2.1e-15, 1.36e-16),
        ("Mo", "rein2005", 0, 0.317, 7.8e-15, 6e-16), ("W", "diez2005", 0, 0.34, 4.8e-15, 5e-16),
        ("MnB", "roth2008", 0, 0.55, 2.1e-12, 3.5e-13), ("Co", "diez2007", 0, 0.38, 3e-15, 2e-14),
        ("Ni", "rein2005", 0, 0.19, 4e-12, 1e-15), ("Zn", "sah1981", 0, 0.33, 2e-15, 4.6e-15),
        ("AlO", "rosenits2011", 0, 0.44, 3.6e-15, 3.6e-17), ("V", "davis1980", 0, 0.42, 1.77e-14, 1.1e-15),
    ],
)  # fmt: skip
def test_sections_at_300_kelvin(name, key, level, energy, electrons, holes):
    """Published room-temperature cross sections, cm2: temperature laws are transcribed to the two digits that
    are given.
    """
    found = found_set(name, key)["levels"][level]
    assert found.get("below_c", found.get("above_v")) == energy
    assert section(found["n"]) == pytest.approx(electrons, rel=0.03)
    assert section(found["p"]) == pytest.approx(holes, rel=0.03)


def test_capture_coefficients_of_mishra():
    """The velocities of the set give the coefficients that the paper states, 2.5e-6 and 1.25e-6 cm3 s-1."""
    found = found_set("Cr_i", "mishra1996")
    assert section(found["levels"][0]["n"]) * found["velocity_n"] == pytest.approx(2.5e-6, rel=0.02)
    assert section(found["levels"][0]["p"]) * found["velocity_p"] == pytest.approx(1.25e-6, rel=0.02)


@pytest.mark.parametrize(
    ("name", "key", "level", "ratio"),
    [("Fe_i", "rein2005", 0, 51.0), ("Fe_i", "macdonald2004", 0, 714.0), ("Mn_i", "roth2008", 0, 9.4),
    ("W", "diez2005", 0, 9.6),
     ("Ti", "rein2005", 1, 12.0), ("Co", "diez2007", 0, 0.16), ("Co", "diez2007", 1, 16.0),
     ("Co", "diez2007-graff", 0, 0.16),
     ("Co", "diez2007-graff", 1, 16.0), ("Ni", "rein2005", 1, 0.7), ("AlO", "rosenits2011", 0, 100.0),
     ("BO", "bothe2005", 0, 9.3)],
)  # fmt: skip
def test_measured_ratios(name, key, level, ratio):
    """Where only the ratio of the cross sections was measured, whatever absolute values were put to it keep
    it.
    """
    found = found_set(name, key)["levels"][level]
    assert section(found["n"]) / section(found["p"]) == pytest.approx(ratio, rel=0.07)


def test_no_withdrawn_or_one_sided_values():
    """The first cross sections of the aluminium-oxygen complex were withdrawn; centres that lack one cross
    section are left out.
    """
    values = {level[carrier]["prefactor"] for _, s in SETS for level in s["levels"] for carrier in "np"}
    assert not values & {3.1e-10, 3.6e-13}
    assert not {s["source"] for _, s in SETS} & {"rosenits2007", "rosenits2008"}
    assert not CENTRES.keys() & {"FeAl", "CoB", "MnGa", "Ag", "Ta", "Nb"}


def test_nickel_has_a_level_for_either_base():
    """Each was fitted in silicon of one type and speaks of that type only."""
    assert [level["base"] for level in found_set("Ni", "rein2005")["levels"]] == ["n", "p"]


@pytest.mark.parametrize("key", FEED["grade"])
def test_grade(key):
    """Everything a grade says is sourced; standards are from memory, makers' statements claims, nothing is
    measured.
    """
    grade = FEED["grade"][key]
    assert grade["title"]
    assert grade["route"] in {"siemens", "granular", "any"}
    assert set(grade["elements"]) <= METALS
    assert grade.keys() & {"total", "surface"}
    units = {
        "total": {"ppbw", "ppba"},
        "surface": {"ppbw"},
        "alkali": {"ppba"},
        "donors": {"ppba"},
        "acceptors": {"ppba"},
    }
    units |= {"carbon": {"cm-3"}, "oxygen": {"cm-3"}, "lifetime": {"us"}, "share": {"1"}}
    for name in grade.keys() - {"title", "route", "elements"}:
        entry = grade[name]
        assert entry["unit"] in units[name]
        assert entry["method"] in {"recalled", "claimed", "published"}
        assert (entry["method"] == "recalled") == (entry.get("confidence") == "l")
        assert "value" in entry or entry["low"] < entry["high"]


def test_statements_on_granular_silicon():
    """At most 0.5 ppbw of five metals for 95 % of the output, at most 1 ppbw of eighteen for 91 %: claims,
    not data.
    """
    five, eighteen = FEED["grade"]["granular-2025-5-metals"], FEED["grade"]["granular-2025-18-metals"]
    assert (five["total"]["value"], five["share"]["value"]) == (0.5, 0.95)
    assert (eighteen["total"]["value"], eighteen["share"]["value"]) == (1.0, 0.91)
    assert {grade["total"]["method"] for grade in FEED["grade"].values() if grade["route"] == "granular"} == {
        "claimed"
    }


@pytest.mark.parametrize("key", FEED["composition"])
def test_composition(key):
    """Shares of metals by mass that add up to one; every prior says that it is an assumption."""
    prior = FEED["composition"][key]
    assert prior["method"] == "assumed"
    assert prior["note"]
    assert set(prior["elements"]) <= METALS
    assert sum(prior["elements"].values()) == pytest.approx(1.0, abs=1e-9)


def test_stainless_steel():
    """Iron, chromium and nickel as 72 : 18 : 9.5."""
    shares = FEED["composition"]["stainless"]["elements"]
    assert shares["Cr"] / shares["Fe"] == pytest.approx(18.0 / 72.0, rel=1e-3)
    assert shares["Ni"] / shares["Fe"] == pytest.approx(9.5 / 72.0, rel=1e-3)
