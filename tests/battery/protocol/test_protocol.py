"""Protocols: what may be written, what it becomes in numbers, and what is said of faults."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymodels.battery.protocol.program import LONGEST, describe, parse, programs
from energymodels.core.errors import InputError
from energymodels.kernels.battery.cell import layout as at

NOTHING = {at.VALUE: 0.0, at.VALUE_PER_C: 0.0, at.END_CURRENT_PER_C: 0.0, at.END_CAPACITY_PER_C: 0.0,
at.END_TIME: np.inf,
           at.PROFILE_FIRST: 0.0, at.PROFILE_COUNT: 0.0}  # fmt: skip


def row(kind, value=0.0, **columns):
    """Return a step's row by the names of its columns."""
    found = np.full(at.STEP, np.nan)
    for column, number in NOTHING.items():
        found[column] = number
    found[at.KIND], found[at.VALUE] = kind, value
    for name, number in columns.items():
        found[getattr(at, name)] = number
    return found


def program(text, **values):
    return parse(text).program(values)


def faults(text):
    with pytest.raises(InputError) as caught:
        parse(text)
    assert {fault.field for fault in caught.value.faults} == {"protocol"}
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def cycle(tmp_path):
    """Return a file of a drive cycle."""
    path = tmp_path / "cycle.csv"
    path.write_text(
        "# made up\ntime [min],note,current [mA],power_kW\n0,a,0,0\n1,b,-500,0.2\n\n2.5,c,1000,-0.1\n"
    )
    return path


# What steps become


@pytest.mark.parametrize(("text", "expected"), [
    ("Discharge at 1C until 2.5 V", row(at.CURRENT, 1.0, VALUE_PER_C=1.0, END_VOLTAGE=2.5)),
    ("Charge at 4C until 3.65 V", row(at.CURRENT, -4.0, VALUE_PER_C=1.0, END_VOLTAGE=3.65)),
    ("Discharge at C/10 for 2 hours or until 3 V",
    row(at.CURRENT, 0.1, VALUE_PER_C=1.0, END_TIME=7200.0, END_VOLTAGE=3.0)),
    ("Hold at 3.65 V until C/20", row(at.VOLTAGE, 3.65, END_CURRENT=0.05, END_CURRENT_PER_C=1.0)),
    ("Hold at 3650 mV until 50 mA", row(at.VOLTAGE, 3.65, END_CURRENT=0.05)),
    ("Hold at 4.2V for 1h or until 0.05C",
    row(at.VOLTAGE, 4.2, END_TIME=3600.0, END_CURRENT=0.05, END_CURRENT_PER_C=1.0)),
    ("Rest for 10 minutes", row(at.CURRENT, END_TIME=600.0)),
    ("Rest for 1 h or until 298.15 K", row(at.CURRENT, END_TIME=3600.0, END_TEMPERATURE=298.15)),
    ("Charge at 5 A for 30 min", row(at.CURRENT, -5.0, END_TIME=1800.0)),
    ("Charge at 200 mA for 45 secs", row(at.CURRENT, -0.2, END_TIME=45.0)),
    ("Discharge at 20 W until 3 V", row(at.POWER, 20.0, END_VOLTAGE=3.0)),
    ("Charge at 0.02 kW until 3.6 V", row(at.POWER, -20.0, END_VOLTAGE=3.6)),
    ("Discharge at 200mW until 1 A", row(at.POWER, 0.2, END_CURRENT=1.0)),
    ("Charge at 1 A until 40 degC", row(at.CURRENT, -1.0, END_TEMPERATURE=313.15)),
    ("Charge at 1 A until 40 °C or 313 K", None),
    ("Discharge at 1C until 1.2 A h", row(at.CURRENT, 1.0, VALUE_PER_C=1.0, END_CAPACITY=4320.0)),
    ("Discharge at 1C until 1.2Ah", row(at.CURRENT, 1.0, VALUE_PER_C=1.0, END_CAPACITY=4320.0)),
    ("Discharge at 1C until 500 mA.h", row(at.CURRENT, 1.0, VALUE_PER_C=1.0, END_CAPACITY=1800.0)),
    ("Charge at 1C until 80% SOC", row(at.CURRENT, -1.0, VALUE_PER_C=1.0, END_SOC=0.8)),
    ("Charge at 1C until 0.8 SOC", row(at.CURRENT, -1.0, VALUE_PER_C=1.0, END_SOC=0.8)),
    ("Charge at 1C or until 3.6 V", row(at.CURRENT, -1.0, VALUE_PER_C=1.0, END_VOLTAGE=3.6)),
    ("Charge at 1C until 3.6 V or 2 hours or 40 degC",
     row(at.CURRENT, -1.0, VALUE_PER_C=1.0, END_VOLTAGE=3.6, END_TIME=7200.0, END_TEMPERATURE=313.15)),
    ("Discharge at 1C", row(at.CURRENT, 1.0, VALUE_PER_C=1.0)),
    ("  cHaRge   AT 1c\tUNTIL 3.6v ;;", row(at.CURRENT, -1.0, VALUE_PER_C=1.0, END_VOLTAGE=3.6)),
    ("Charge at 1e-1 A until .5 V", row(at.CURRENT, -0.1, END_VOLTAGE=0.5)),
])  # fmt: skip
def test_step(text, expected):
    if expected is None:
        assert "ends by temperature twice" in faults(text)[0]
        return
    np.testing.assert_allclose(program(text), [expected], rtol=1e-15)


def test_repeats():
    text = (
        "Rest for 1 s; (Rest for 2 s; repeat 2 (Rest for 3 s; Rest for 4 s)) x 3\nRest for 5 s; (Rest "
        "for 6 s)*2"
    )
    assert program(text)[:, at.END_TIME].tolist() == [1.0, *(3 * [2.0, 3.0, 4.0, 3.0, 4.0]), 5.0, 6.0, 6.0]
    assert len(parse(text).steps) == 19
    assert str(parse(text).steps[2]) == "Rest for 3 s"


@pytest.mark.parametrize(("text", "kind"), [
    ("Charge at 1C; ", "charge"), ("(Discharge at 1 W until 3 V) x 2", "discharge"),
    ("Rest for 1 s; Charge at 1C", "charge"),
    ("Hold at 3 V for 1 s; Charge at 1C", "charge"),
    ("Rest for 1 h; Discharge at {rate}C for {n} minutes", "discharge"),
    ("(Charge at 1C until 4 V; Rest for 1 h; Discharge at 1C until 3 V) x 9", "charge"),
    ("Charge at limits for 1 h", "charge"),
    # a pulse before what it mainly does
    ("Charge at 1C for 10 s; Rest for 40 s; Discharge at C/3 for 18 min", "discharge"),
    ("(Charge at 2C for 10 s; Discharge at 1C for 60 s) x 30", "discharge"),
    ("Discharge at 1C for 10 s; Charge at 1C", "charge"),
    ("(Discharge at C/50 for 60 s; Charge at C/50 for 60 s) x 3", "discharge"),
    ("Rest for 1 s; Hold at 3 V for 1 s", "rest"),
    ("Discharge at 1C for 30 min; Charge at 1C", "discharge"),
    ("Discharge at 5 A for 10 s; Charge at 5 A for 1 h", "charge"),
])  # fmt: skip
def test_direction(text, kind):
    assert parse(text).course.direction == kind


@pytest.mark.parametrize(("text", "soc"), [
    ("Rest for 1 h; Charge at 1C", 0.0), ("Rest for 1 h", 1.0), ("Discharge at 1C", 1.0),
    ("Discharge at 1C for 10 s; Charge at 1C", 0.01), ("Charge at C/10 for 10 s; Discharge at 1C", 0.99),
])  # fmt: skip
def test_start_leaves_room_for_what_goes_the_other_way_before(text, soc):
    assert parse(text).course.soc == soc


@pytest.mark.parametrize(("values", "kind"), [
    ([0.01, -0.01, 0.01, -2.0, -2.0, -2.0], "charge"),  # noise first
    ([0.0, 0.0, 1.0, -3.0, -3.0, 9.0, 9.0], "charge"),  # as far as its lowest charge, it can start empty only
    ([1.0, 1.0, -1.0, -1.0], "discharge"), ([3.0, -1.0, 3.0, -1.0, 3.0, -1.0], "discharge"),
    ([0.0, 0.0], "rest"),
])  # fmt: skip
def test_direction_of_a_profile(values, kind, tmp_path):
    """What it does first beyond a fifth of the farthest that it moves charge."""
    file = tmp_path / "profile.csv"
    file.write_text("time s,current A\n" + "".join(f"{100 * i},{value}\n" for i, value in enumerate(values)))
    against = {"charge": "discharge", "discharge": "charge", "rest": "rest"}
    assert parse(f"Rest for 1 h; Run current from {file}").course.direction == kind
    assert parse(f"Run current from {file} times -2").course.direction == against[kind]


def test_same_words_same_protocol():
    assert (
        parse("charge at 1C until 3.6V")
        == parse("Charge at 1.0 C until 3.60 V;")
        != parse("Charge at 1C until 3.5 V")
    )
    assert parse("Rest for 1 s") is parse("Rest for 1 s")
    assert len({parse("Rest for 1 s"), parse("rest for 1 second")}) == 1


def test_signs_that_people_write():
    assert parse("Charge at 1C\u00a0until 45\u2103").steps == parse("Charge at 1C until 45 degC").steps
    assert parse("Rest until \u221210\u2103").steps == parse("Rest until -10 degC").steps
    assert "decimal comma" in faults("Charge at 0,5C")[0]


def test_normal_form():
    text = (
        "charge at {rate} c until {v}v or for 2hours; repeat 3 (hold at {v} V until c/{n}\n rest for "
        "{m}minutes)"
    )
    expected = "Charge at {rate}C until {v} V or for 2 h; (Hold at {v} V until C/{n}; Rest for {m} min) x 3"
    assert describe(parse(text)) == expected


# Placeholders


def test_placeholders_are_fields():
    text = "Charge at {rate}C until {v} V; Hold at {v} V until C/{n} or {i} mA; Rest for {m} minutes"
    assert "ends by current twice" in faults(text)[0]
    found = parse(text.replace(" or {i} mA", " or until {soc}% SOC or {t} degC")).placeholders
    assert {name: info.unit for name, info in found.items()} == {
        "rate": "1", "v": "V", "n": "1", "soc": "percent", "t": "degC", "m": "min",
    }  # fmt: skip
    assert all(info.kind == "number" and info.default is None and info.meaning for info in found.values())
    assert found["v"].meaning == "voltage that ends step 1 and voltage of step 2"
    for name, value in (
        ("rate", 0.0),
        ("rate", np.inf),
        ("v", -1.0),
        ("soc", 101.0),
        ("t", -274.0),
        ("m", 0.0),
        ("n", np.nan),
    ):
        with pytest.raises(InputError, match=name):
            found[name].parse(value)
    assert found["soc"].parse("80%") == 80.0
    assert found["m"].parse("1 h") == pytest.approx(60.0)
    assert found["t"].parse("300 K") == pytest.approx(26.85)


@pytest.mark.parametrize(
    ("given", "rate", "hours"),
    [(4, 4.0, 4.0), ("4", 4.0, 4.0), ("4C", 4.0, 0.25), ("C/4", 0.25, 4.0), ("c / 4 ", 0.25, 4.0)],
)
def test_rates_are_never_coulombs(given, rate, hours):
    found = parse("Charge at {rate}C until 3 V; Hold at 3 V until C/{n}").placeholders
    assert found["rate"].parse(given) == rate
    assert found["n"].parse(given) == hours
    for text in ("4 coulomb", "4 degC", "4 A", "C", "C/0"):
        with pytest.raises(InputError):
            found["rate"].parse(text)


def test_program_of_placeholders():
    text = "(Charge at {rate}C until {v} V or {soc}% SOC; Discharge at {p} kW until {q} mA h) x 2; "
    text += "Hold at {v} V until C/{n} or {t} degC"
    found = program(text, rate=2.0, v=3.6, soc=80.0, p=0.1, q=500.0, n=20.0, t=40.0)
    pair = [
        row(at.CURRENT, -2.0, VALUE_PER_C=1.0, END_VOLTAGE=3.6, END_SOC=0.8),
        row(at.POWER, 100.0, END_CAPACITY=1800.0),
    ]
    hold = row(at.VOLTAGE, 3.6, END_CURRENT=0.05, END_CURRENT_PER_C=1.0, END_TEMPERATURE=313.15)
    np.testing.assert_allclose(found, [*pair, *pair, hold], rtol=1e-15)


def test_missing_numbers_are_named():
    with pytest.raises(InputError) as caught:
        program("Charge at {rate}C until {v} V", rate=1.0)
    assert [fault.field for fault in caught.value.faults] == ["v"]


def test_many_programs():
    """Cases differ in numbers, in protocols and in files; equal ones share rows."""
    rng = np.random.default_rng(1)
    cases = 100_000
    texts = [
        "Charge at {rate}C until 3.6 V; Hold at 3.6 V until C/{n}",
        "Rest for 1 s",
        "(Discharge at {rate}C until 3 V) x 3",
    ]
    which = rng.integers(0, 3, cases)
    values = {"rate": rng.uniform(0.1, 5.0, cases), "n": rng.integers(2, 30, cases)}
    values["rate"][::2] = 1.0
    parsed = [parse(text) for text in texts]
    rows, first, count, profiles = programs([parsed[i] for i in which], values)
    assert profiles.shape == (0, 2)
    assert count.tolist() == np.array([2, 1, 3])[which].tolist()
    charge, rest, discharge = (which == i for i in range(3))
    assert np.array_equal(rows[first[charge], at.VALUE], -values["rate"][charge])
    assert np.array_equal(rows[first[charge] + 1, at.END_CURRENT], 1.0 / values["n"][charge])
    assert np.unique(first[rest]).size == 1
    for i in range(3):
        assert np.array_equal(rows[first[discharge] + i, at.VALUE], values["rate"][discharge])
    different = {
        (which[i], values["rate"][i] * (which[i] != 1), values["n"][i] * (which[i] == 0))
        for i in range(cases)
    }
    assert np.unique(first).size == len(different)
    for i in rng.integers(0, cases, 50):
        alone = parsed[which[i]].program({name: float(v[i]) for name, v in values.items()})
        assert np.array_equal(rows[first[i] : first[i] + count[i]], alone, equal_nan=True)


def test_one_protocol_for_all_cases():
    rows, first, count, _ = programs([parse("Charge at {rate}C")], {"rate": np.array([1.0, 2.0, 1.0])})
    assert rows[first, at.VALUE].tolist() == [-1.0, -2.0, -1.0]
    assert (len(rows), count.tolist()) == (2, [1, 1, 1])
    rows, first, count, _ = programs(
        [parse("Rest for 1 s"), parse("Charge at {rate}C")], {"rate": np.array([2.0])}
    )
    assert rows[first, at.VALUE].tolist() == [0.0, -2.0]


# Drive cycles


def test_profiles(cycle):
    text = (
        f"Run current from {cycle} times 0.5 until 3 V; Run power from '{cycle}' for 2 minutes; Run current "
        f"from {cycle} times -1"
    )
    found = parse(text)
    current, power = [[0.0, 0.0], [60.0, -0.5], [150.0, 1.0]], [[0.0, 0.0], [60.0, 200.0], [150.0, -100.0]]
    np.testing.assert_allclose(found.profiles, current + power)
    np.testing.assert_array_equal(found.program({}), [
        row(at.CURRENT_PROFILE, 0.5, END_VOLTAGE=3.0, END_TIME=150.0, PROFILE_COUNT=3),
        row(at.POWER_PROFILE, 1.0, END_TIME=120.0, PROFILE_FIRST=3, PROFILE_COUNT=3),
        row(at.CURRENT_PROFILE, -1.0, END_TIME=150.0, PROFILE_COUNT=3),
    ])  # fmt: skip
    assert found.course.direction == "charge"
    assert parse(f"Run current from {cycle} times -2").course.direction == "discharge"
    assert parse(describe(found)) == found


def test_profiles_of_several_protocols(cycle):
    texts = [f"Run current from {cycle} times {{f}}", "Rest for 1 s", f"Run power from {cycle}"]
    rows, first, _, profiles = programs([parse(text) for text in texts], {"f": np.array([2.0])})
    assert rows[first, at.PROFILE_FIRST].tolist() == [0.0, 3.0, 3.0]
    assert rows[first, at.VALUE].tolist() == [2.0, 0.0, 1.0]
    assert profiles.shape == (6, 2)


def test_profile_is_relative_and_read_again_when_it_changes(cycle, monkeypatch):
    monkeypatch.chdir(cycle.parent)
    assert parse("Run current from cycle.csv").profiles[-1].tolist() == [150.0, 1.0]
    cycle.write_text("time s,current A\n0,1\n10,2\n")
    assert parse("Run current from cycle.csv").profiles[-1].tolist() == [10.0, 2.0]
    cycle.unlink()
    assert "no such file" in faults("Run current from cycle.csv")[0]


@pytest.mark.parametrize("name", ["a b.csv", "a;b.csv", "it's.csv", "(1).csv", "from from.csv"])
def test_names_of_files(name, cycle, monkeypatch):
    monkeypatch.chdir(cycle.parent)
    cycle.rename(name)
    found = parse(f'Rest for 1 s; Run current from "{name}" for 1 min')
    assert found.steps[1].file == name
    assert parse(describe(found)) == found


@pytest.mark.parametrize(("content", "part"), [
    ("", "header"), ("time s,power W\n0,1\n1,1\n", "column current"),
    ("time,current\n0,1\n1,1\n", "column time with a unit"),
    ("time s,current V\n0,1\n1,1\n", "column current"), ("time s,current A\n0,1\n", "two rows"),
    ("time s,current A\n1,1\n2,1\n", "starts at 0"), ("time s,current A\n0,1\n0,1\n", "increases"),
    ("time s,current A\n0,1\n1,nan\n", "finite"), ("time s,current A\n0,1\n1,x\n", "not a table"),
    ("time s,current A\n0\n1\n", "not a table"),
])  # fmt: skip
def test_wrong_profiles(content, part, tmp_path):
    path = tmp_path / "wrong.csv"
    path.write_text(content)
    text = faults(f"Run current from {path}")[0]
    assert part in text
    assert str(path) in text


# What is wrong


@pytest.mark.parametrize(("text", "parts"), [
    ("", ["no step"]), (" ;\n; ", ["no step"]),
    ("Chrage at 1C until 3.6 V", ["step 1, character 1", "did you mean charge?"]),
    ("Rest for 1 s; Discharge at 1C unti 3 V", ["step 2, character 31", "did you mean until?"]),
    ("Discharge at 1C until 3 Vots", ["character 25"]), ("Discharge at 3 MW", ["did you mean mW?"]),
    ("Discharge at 5 furlongs until 3 V", ["'furlongs'", "C, A, mA"]),
    ("Rest for 10 minuts", ["did you mean minutes?"]),
    ("Discharge at 1C until 3", ["expected a unit"]),
    ("Discharge at 1C until", ["expected a number", "the end"]),
    ("Discharge at 1C for", ["expected a number"]), ("Discharge until 3 V", ["expected at"]),
    ("Discharge 1C", ["expected at"]),
    ("Hold at 3.65 V", ["needs an end", "until C/20"]), ("Rest", ["needs an end"]),
    ("Rest 10 minutes", ["expected for"]),
    ("Hold at 3 V until 3 V", ["keeps its voltage"]), ("Hold at 1C for 1 h", ["voltage (V, mV)"]),
    ("Charge at 3 V", ["Hold at 3 V"]),
    ("Charge at 1C until 1 A", ["current cannot end"]), ("Charge at 1 A until C/20", ["current cannot end"]),
    ("Rest until 3 V", ["a rest ends by time or temperature"]),
    ("Rest until 1 A", ["a rest ends by time or temperature"]),
    ("Charge at 0C until 3 V", ["above 0"]), ("Discharge at -1C until 3 V", ["above 0"]),
    ("Discharge at C/0", ["above 0"]),
    ("Hold at 3 V until 0 A", ["above 0"]), ("Rest for 0 s", ["above 0"]), ("Rest for -5 min", ["above 0"]),
    ("Charge at nan A until 3 V", ["finite"]), ("Charge at inf A", ["finite"]),
    ("Charge at 1e999 A", ["finite"]),
    ("Charge at 1C until 120% SOC", ["0 to 100"]), ("Charge at 1C until 2 SOC", ["0 to 1"]),
    ("Charge at 1C until 0% SOC", ["never reaches"]), ("Discharge at 1C until 100% SOC", ["never reaches"]),
    ("Rest until -300 degC", ["above -273.15"]), ("Charge at 1C until 3 V or 4 V", ["voltage twice"]),
    ("Rest for 3 V", ["until 3 V"]), ("Charge at 1C for 1 h or", ["expected a number"]),
    ("Rest or 1 h", ["expected for or until"]),
    ("Charge at 1C; Discharge at 1C", ["never reached", "step 1"]), ("(Charge at 1C) x 2", ["never reached"]),
    ("(Rest for 1 s) x {n}", ["write a number, not a name"]), ("(Rest for 1 s)", ["how often"]),
    ("(Rest for 1 s) x 0", ["whole number"]),
    ("(Rest for 1 s) x 1.5", ["whole number"]), ("(Rest for 1 s", ["not closed"]),
    ("Rest for 1 s)", ["closes nothing"]),
    ("() x 2", ["no step"]), ("repeat (Rest for 1 s)", ["whole number"]),
    ("repeat 2 Rest for 1 s", ["expected ("]),
    ("Rest for {a} s or until {a} K", ["{a} s and {a} K"]), ("Charge at {}C", ["letters"]),
    ("Charge at {1x}C", ["letters"]),
    ("Charge at {a.b}C", ["letters"]), ("Charge at {a C", ["expected a number"]),
    ("Run from x.csv", ["current or power"]), ("Run current from", ["CSV file"]),
    ("Run current from 'x.csv", ["quotes"]),
    ("Run current from none.csv", ["no such file", "none.csv"]),
    ("Rest for 1 s Rest for 1 s", ["expected for, until, or or ;"]),
    ("\0", ["'\\x00'"]), ("Charge at 1C until 3 V, Rest for 1 s", ["','"]),
    ("(Rest for 1 s) x 1000000", [str(LONGEST)]),
    ("((((Rest for 1 s) x 999) x 999) x 999) x 999", [str(LONGEST)]),
    ("(" * 500 + "Rest for 1 s" + ")" * 500, ["groups"]),
])  # fmt: skip
def test_what_is_wrong(text, parts):
    found = "\n".join(faults(text))
    assert all(part in found for part in parts), found


def test_all_faults_at_once():
    text = (
        "Chrge at 1C; Hold at 3 V; (Charge at 0 A until 3 V or 4 V; Rest for 1 parsec) x {n}; Run power "
        "from none.csv"
    )
    found = faults(text)
    assert len(found) == 7
    assert [
        "step 1" in found[0],
        "step 2" in found[1],
        "step 3" in found[2],
        "step 3" in found[3],
        "step 4" in found[4],
    ] == 5 * [True]


@pytest.mark.parametrize("value", [None, 3.0, ["Rest for 1 s"]])
def test_what_is_not_text(value):
    assert "must be text" in faults(value)[0]


# What holds for every protocol


def numbers(low, high):
    return st.floats(low, high).filter(bool).map(repr) | st.integers(max(1, int(low)), max(1, int(high))).map(
        str
    )


def either(amounts, name):
    return amounts | st.just(f"{{{name}}}")


RATES = either(numbers(0.01, 9.0), "rate").map("{}C".format) | either(numbers(1.0, 50.0), "n").map(
    "C/{}".format
)
CURRENTS = RATES | either(numbers(0.1, 9.0), "i").map("{} A".format) | numbers(1.0, 500.0).map("{}mA".format)
POWERS = either(numbers(0.1, 90.0), "p").map("{} W".format) | numbers(0.1, 2.0).map("{} kW".format)
TIMES = either(numbers(0.1, 90.0), "m").map("{} minutes".format) | numbers(0.1, 90.0).map("{}s".format)
VOLTAGES = either(numbers(2.0, 4.0), "v").map("{} V".format) | numbers(2000.0, 4000.0).map("{} mV".format)
WARMTHS = either(numbers(10.0, 60.0), "t").map("{} degC".format) | numbers(280.0, 330.0).map("{} K".format)
CHARGES = either(numbers(0.1, 5.0), "q").map("{} A h".format) | numbers(1.0, 500.0).map("{} mAh".format)
SHARES = either(numbers(1.0, 99.0), "soc").map("{}% SOC".format)


def ends(most, **kinds):
    """Return ends of different kinds: one at least, ``most`` at most."""

    def joined(chosen):
        return st.tuples(*(kinds[kind] for kind in chosen)).map(
            lambda amounts: " or ".join(
                ("for " if k == "time" else "until ") + a for k, a in zip(chosen, amounts, strict=True)
            )
        )

    return st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=most, unique=True).flatmap(joined)


FREE = {"time": TIMES, "warmth": WARMTHS, "charge": CHARGES, "share": SHARES}
STEPS = st.one_of(
    st.tuples(st.sampled_from(["Charge", "discharge"]), CURRENTS, ends(3, voltage=VOLTAGES, **FREE)).map(
        "{0[0]} at {0[1]} {0[2]}".format
    ),
    st.tuples(
        st.sampled_from(["CHARGE", "Discharge"]), POWERS, ends(3, voltage=VOLTAGES, current=CURRENTS, **FREE)
    ).map("{0[0]} at {0[1]} {0[2]}".format),
    st.tuples(VOLTAGES, ends(3, current=CURRENTS, **FREE)).map("Hold at {0[0]} {0[1]}".format),
    ends(2, time=TIMES, warmth=WARMTHS).map("Rest {}".format),
)
TEXTS = st.recursive(
    st.lists(STEPS, min_size=1, max_size=3).map("; ".join),
    lambda inner: st.tuples(st.lists(inner, min_size=1, max_size=2).map("\n".join), st.integers(1, 3)).map(
        "({0[0]}) x {0[1]};".format
    ),
    max_leaves=3,
)


@given(TEXTS)
def test_normal_form_is_the_same_protocol(text):
    found = parse(text)
    again = parse(describe(found))
    assert again == found
    assert describe(again) == describe(found)
    assert again.placeholders == found.placeholders
    values = dict.fromkeys(found.placeholders, 2.0)
    rows = found.program(values)
    assert np.array_equal(again.program(values), rows, equal_nan=True)
    assert rows.shape == (len(found.steps), at.STEP)
    assert np.isfinite(rows[:, [at.KIND, at.VALUE]]).all()


@given(st.data(), TEXTS, st.text(max_size=5))
def test_any_text_is_read_or_refused(data, text, noise):
    start, stop = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    for mutant in (noise, text[:start] + noise + text[stop:]):
        try:
            found = parse(mutant)
        except InputError:
            continue
        else:
            assert parse(describe(found)) == found
