"""Designs: distributions and points against SciPy's, cuts, correlation, tables, every fault."""

import math
import pickle
import re
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

import energymodels as em
from energymodels.core.designs import csv_rows, drawing, table_columns
from energymodels.core.designs.design import make_design
from energymodels.core.designs.design_table import make_table_design, read_table
from energymodels.core.designs.distributions import read_distribution
from energymodels.core.designs.written import ARGUMENTS
from energymodels.core.errors import InputError
from energymodels.core.field import FieldInfo

FIELDS = em.load("pv.cell").fields | {
    "number": FieldInfo("number", "integer", "how many", 3, low=0, high=1000),
    "free": FieldInfo("free", "number", "any number", 0.0, unit="1"),
    "protocol": FieldInfo("protocol", "text", "what is done", "Rest"),
}
OVER = {
    "wafer.thickness": "100um:180um",
    "front.j0": "normal(12, 2) fA/cm2",
    "wafer.tau": "0.1ms:10ms:log",
    "wafer.dopant": "choice(P, B, Ga)",
    "number": "uniform(1, 6)",
}
KINDS = ("sobol", "halton", "lhs", "random")
ALL = 3000


def drawn(text, path="free", kind="sobol:4096", **more):
    design = make_design(FIELDS, kind, {path: text}, **more)
    return design.draw(0, design.size)[path]


def refusal(call, *arguments, **more):
    with pytest.raises(InputError) as caught:
        call(*arguments, **more)
    assert len(caught.value.faults) < 8
    assert all(len(str(fault)) < 600 for fault in caught.value.faults)
    return str(caught.value)


# Distributions


@pytest.mark.parametrize(("text", "frozen"), [
    ("2:7", stats.uniform(2, 5)),
    ("2:7:lin", stats.uniform(2, 5)),
    ("uniform(-3, 4)", stats.uniform(-3, 7)),
    ("1e-6:1e-2:log", stats.loguniform(1e-6, 1e-2)),
    ("LogUniform(1e-6, 1e-2)", stats.loguniform(1e-6, 1e-2)),
    ("normal(12, 2)", stats.norm(12, 2)),
    ("lognormal(3, 1.5)", stats.lognorm(math.log(1.5), scale=3)),
    ("triangular(1, 2, 5)", stats.triang(0.25, 1, 4)),
    ("triangular(1, 1, 5)", stats.triang(0, 1, 4)),
    ("truncnormal(1, 2, 0, 4)", stats.truncnorm(-0.5, 1.5, 1, 2)),
    ("truncnormal(-1, 2, 0, inf)", stats.truncnorm(0.5, math.inf, -1, 2)),
])  # fmt: skip
def test_distributions_are_those_of_scipy(text, frozen):
    """Independent draws by Kolmogorov and Smirnov, quantiles to the last digits, moments of even points."""
    for seed in (1, 2):
        assert stats.kstest(drawn(text, kind="random:5000", seed=seed), frozen.cdf).pvalue > 1e-3
    u = np.array([1e-9, 0.01, 0.3, 0.5, 0.9, 1 - 1e-9])
    np.testing.assert_allclose(read_distribution(FIELDS["free"], text).quantile(u), frozen.ppf(u), rtol=1e-14)
    values = drawn(text)
    np.testing.assert_allclose(values.mean(), frozen.mean(), atol=2e-3 * frozen.std())
    np.testing.assert_allclose(values.std(), frozen.std(), rtol=0.02)


def test_the_factor_of_a_lognormal_is_its_geometric_standard_deviation():
    assert np.exp(np.log(drawn("lognormal(3, 1.5)")).std()) == pytest.approx(1.5, rel=2e-3)
    assert np.median(drawn("lognormal(3, 1.5)")) == pytest.approx(3, rel=2e-3)


@pytest.mark.parametrize("text", [
    "100um:180um", "uniform(100um, 180um)", "uniform(100, 180)", "uniform(0.1, 0.18) mm", "0.1mm:180um",
    "uniform(0.1mm, 180) um", "uniform('100 um', \"0.18 mm\")", " uniform ( 100 , 180 ) ",
])  # fmt: skip
def test_units(text):
    np.testing.assert_allclose(
        drawn(text, "wafer.thickness"), drawn("uniform(100, 180)", "wafer.thickness"), rtol=1e-14
    )


@pytest.mark.parametrize("text", [
    "normal(298.15, 5)", "normal(25, 5) degC", "normal(25degC, 5 K)", "normal(25degC, 5)",
    "normal(77, 9) degF", "normal(25degC, 9degF)",
])  # fmt: skip
def test_a_standard_deviation_is_a_difference(text):
    """Of temperatures too, whose zero differs between units."""
    found = read_distribution(FIELDS["temperature"], text).numbers
    assert found == pytest.approx((298.15, 5.0), rel=1e-12)


def test_bare_numbers_are_in_the_unit_of_an_alias():
    found = make_design(
        FIELDS, "lhs:9", {"Thickness [m]": "1e-4:2e-4"}, named=lambda name: ("wafer.thickness", "m")
    )
    assert found.paths == ("wafer.thickness",)
    assert found.over["wafer.thickness"].numbers == pytest.approx((100.0, 200.0))


def test_ends_that_a_range_leaves_out_are_not_drawn():
    """A resistivity has to be above 0."""
    info = FieldInfo("x", "number", "x", 1.0, low=0.0, low_open=True)
    values = read_distribution(info, "uniform(0, 1)").quantile(np.array([2.0**-54, 0.5]))
    assert (values > 0).all()


def test_what_no_number_holds_is_infinite():
    assert np.isinf(drawn("lognormal(5, 1e300)")).any()


def test_values_out_of_range_are_not_clipped():
    values = drawn("normal(5, 5)", "number")
    assert values.min() < 0
    assert (values == np.round(values)).all()


@pytest.mark.parametrize("text", ["uniform(1, 6)", "1:6", "choice(1, 2, 3, 4, 5, 6)"])
def test_whole_numbers_are_equally_probable(text):
    values, counts = np.unique(drawn(text, "number", kind="sobol:6144"), return_counts=True)
    assert values.tolist() == [1, 2, 3, 4, 5, 6]
    assert np.ptp(counts) <= 8


@pytest.mark.parametrize(("text", "frozen"), [
    ("loguniform(1, 4)", stats.loguniform(0.5, 4.5)),
    ("triangular(1, 2, 4)", stats.triang(1.5 / 4, 0.5, 4)),
    ("truncnormal(2, 3, 1, 4)", stats.truncnorm(-0.5, 2.5 / 3, 2, 3)),
])  # fmt: skip
def test_ends_of_whole_numbers_are_rounded_to_as_others_are(text, frozen):
    """Half a step beyond each end belongs to it; SciPy's distribution function says how probable it is."""
    values, counts = np.unique(drawn(text, "number"), return_counts=True)
    assert values.tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(counts / 4096, np.diff(frozen.cdf([0.5, 1.5, 2.5, 3.5, 4.5])), atol=2e-3)


def test_labels_and_texts_are_stratified():
    """An entry that stands twice is twice as probable; commas and parentheses stay inside quotes."""
    text = "choice('Charge at 1C, then (rest)', Rest (2 h), Rest (2 h), \"it's\")"
    design = make_design(FIELDS, "sobol:1024", {"protocol": text, "wafer.type": "choice(p, n)"})
    assert design.words == {
        "protocol": ["Charge at 1C, then (rest)", "Rest (2 h)", "it's"],
        "wafer.type": ["p", "n"],
    }
    values = design.draw(0, 1024)
    assert values["protocol"].dtype.kind == "U"
    for path, counts in {"protocol": [256, 512, 256], "wafer.type": [512, 512]}.items():
        assert [int((values[path] == word).sum()) for word in design.words[path]] == counts


# Points


@pytest.mark.parametrize(("kind", "engine"), [
    ("sobol", lambda: qmc.Sobol(2, bits=53, rng=7)),
    ("halton", lambda: qmc.Halton(2, rng=7)),
    ("lhs", lambda: qmc.LatinHypercube(2, rng=7)),
    ("random", lambda: np.random.default_rng(7)),
])  # fmt: skip
def test_points_are_those_of_the_engines(kind, engine):
    expected = engine().random((512, 2)) if kind == "random" else engine().random(512)
    design = make_design(FIELDS, f"{kind}:512", {"free": "0:1", "number": "0:1000"}, seed=7)
    values = design.draw(0, 512)
    np.testing.assert_array_equal(values["free"], expected[:, 0])
    np.testing.assert_array_equal(values["number"], np.rint(1001 * expected[:, 1] - 0.5))


@pytest.fixture(scope="module")
def covariance(tmp_path_factory):
    path = tmp_path_factory.mktemp("covariance") / "c.csv"
    path.write_text("wafer.thickness,front.j0,wafer.tau\n1,0.5,0\n0.5,1,-0.3\n0,-0.3,1\n")
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("correlated", [False, True])
@pytest.mark.parametrize("cuts", [(1,), (1, 2, 3), (1023, 1024, 1025, 2999), (7, 7, 1500)])
def test_cuts_equal_the_whole(kind, correlated, cuts, covariance):
    design = make_design(FIELDS, f"{kind}:{ALL}", OVER, covariance=covariance if correlated else None)
    design = pickle.loads(pickle.dumps(design))
    whole = design.draw(0, ALL)
    edges = (0, *cuts, ALL)
    parts = [design.draw(a, b) for a, b in reversed(list(pairwise(edges)))]
    for path in design.paths:
        joined = np.concatenate([part[path] for part in reversed(parts)])
        assert joined.dtype == whole[path].dtype
        np.testing.assert_array_equal(joined, whole[path])


@pytest.mark.parametrize("start", [1, 2, 1000])
def test_another_scipy_draws_the_points_before(start, monkeypatch):
    design = make_design(FIELDS, "sobol:2000", OVER)
    expected = design.draw(start, 2000)["front.j0"]
    monkeypatch.setattr(drawing, "STATE", ("renamed",))
    monkeypatch.setattr(drawing, "_STEP", 256)
    np.testing.assert_array_equal(design.draw(start, 2000)["front.j0"], expected)


@pytest.mark.parametrize("kind", ["sobol", "halton", "random"])
def test_ten_thousand_million_designs(kind):
    """The last ones are drawn as fast as the first, and follow on each other."""
    design = make_design(FIELDS, f"{kind}:1e10", OVER)
    assert design.size == 10**10
    start = 10**10 - 2000
    values = design.draw(start, 10**10)["wafer.thickness"]
    np.testing.assert_array_equal(values[1000:], design.draw(start + 1000, 10**10)["wafer.thickness"])
    assert stats.kstest(values, stats.uniform(100, 80).cdf).pvalue > 1e-3


def test_seeds():
    one, same, other = (make_design(FIELDS, "sobol:64", OVER, seed=seed) for seed in (1, 1, 2))
    assert one.digest == same.digest != other.digest
    np.testing.assert_array_equal(one.draw(0, 64)["front.j0"], same.draw(0, 64)["front.j0"])
    assert not np.isin(one.draw(0, 64)["front.j0"], other.draw(0, 64)["front.j0"]).any()


def test_what_was_asked_makes_the_design_again(covariance):
    asked = {"kind": "lhs:1e2", "over": OVER, "seed": 5, "covariance": str(covariance)}
    design = make_design(FIELDS, **asked)
    assert design.asked == asked
    assert make_design(FIELDS, **design.asked).digest == design.digest
    asked.pop("covariance")
    assert make_design(FIELDS, **asked).asked == asked
    assert make_design(FIELDS, **asked).digest != design.digest


def test_a_size_that_is_no_power_of_two_is_noted():
    assert "as 4096 or 8192" in make_design(FIELDS, "sobol:5000", OVER).notes[0]
    assert not make_design(FIELDS, "sobol:4096", OVER).notes
    assert not make_design(FIELDS, "halton:5000", OVER).notes


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (3, 2), (0, 65)])
def test_designs_that_are_not_there(start, stop):
    with pytest.raises(IndexError, match="of 64"):
        make_design(FIELDS, "sobol:64", OVER).draw(start, stop)


def test_no_designs():
    assert make_design(FIELDS, "sobol:64", OVER).draw(64, 64)["wafer.dopant"].size == 0


# Correlation


def correlate(tmp_path, text, over):
    path = tmp_path / "covariance.csv"
    path.write_text(text)
    return make_design(FIELDS, "sobol:8192", over, covariance=path)


def test_correlation_is_recovered(tmp_path):
    over = {"free": "0:1", "front.j0": "normal(12, 2)", "temperature": "normal(25, 5) degC"}
    design = correlate(tmp_path, "# of the line\nfront.j0, temperature\n4, 6\n6, 25\n", over)
    values = design.draw(0, 8192)
    found = np.cov(values["front.j0"], values["temperature"])
    np.testing.assert_allclose(found, [[4, 6], [6, 25]], rtol=0.01)
    alone = make_design(FIELDS, "sobol:8192", over).draw(0, 8192)
    np.testing.assert_array_equal(values["free"], alone["free"])
    assert stats.kstest(values["temperature"], stats.norm(298.15, 5).cdf).statistic < 2e-3


def test_a_copula_keeps_the_distributions(tmp_path):
    """Spearman's rank correlation of a Gaussian copula is 6 / pi asin(r / 2)."""
    over = {"free": "1:7", "wafer.tau": "lognormal(1ms, 2)"}
    values = correlate(tmp_path, "free,wafer.tau\n1,-0.7\n-0.7,1\n", over).draw(0, 8192)
    rank = stats.spearmanr(values["free"], values["wafer.tau"]).statistic
    assert rank == pytest.approx(6 / math.pi * math.asin(-0.35), abs=5e-3)
    assert stats.kstest(values["free"], stats.uniform(1, 6).cdf).statistic < 2e-3
    assert stats.kstest(values["wafer.tau"], stats.lognorm(math.log(2), scale=1e-3).cdf).statistic < 4e-3


def test_a_singular_matrix(tmp_path):
    over = {"free": "normal(0, 1)", "front.j0": "normal(12, 2)"}
    values = correlate(tmp_path, "free,front.j0\n1,2\n2,4\n", over).draw(0, 8192)
    np.testing.assert_allclose(values["front.j0"], 12 + 2 * values["free"], rtol=1e-6)


@pytest.mark.parametrize(("text", "words"), [
    ("free,front.j0\n1,0.5\n0.4,1\n", "not symmetric: free with front.j0 is 0.5 and 0.4"),
    ("free,front.j0\n1,1.5\n1.5,1\n", "not positive semidefinite: its correlation matrix has an"),
    ("free,front.j\n1,0\n0,1\n", "'front.j' is not among the fields drawn; did you mean front.j0?"),
    ("free,free\n1,0\n0,1\n", "names free twice"),
    ("free,wafer.dopant\n1,0\n0,1\n", "wafer.dopant is drawn by choice"),
    ("free,front.j0\n1,0.5\n", "1 rows below a header of 2 fields"),
    ("free,front.j0\n1,0.5\n0.5\n", "line 3 has 1 cells, the header has 2"),
    ("free,front.j0\n1,x\nx,1\n", "free with front.j0: 'x' is not a finite number"),
    ("free,front.j0\n1,inf\ninf,1\n", "'inf' is not a finite number"),
    ("free,front.j0\n1,0\n0,5\n", "front.j0 has 5 on the diagonal, but the variance 4"),
    ("free,wafer.tau\n1,0\n0,5\n", "wafer.tau is not normal, so the diagonal has to be all ones"),
    ("free,front.j0\n-1,0\n0,4\n", "free has -1 on the diagonal"),
    ("free,front.j0\n0,0\n0,0\n", "free has 0 on the diagonal"),
    ("", "is empty"),
])  # fmt: skip
def test_faults_of_a_covariance(tmp_path, text, words):
    over = OVER | {"free": "normal(0, 1)", "wafer.tau": "1e-4:1e-2"}
    assert words in refusal(correlate, tmp_path, text, over)


def test_a_matrix_in_place_of_its_file(covariance):
    """As a result holds it."""
    matrix = {
        "paths": ["wafer.thickness", "front.j0", "wafer.tau"],
        "matrix": [[1, 0.5, 0], [0.5, 1.0, -0.3], [0, -0.3, 1]],
    }
    given = make_design(FIELDS, "lhs:9", OVER, covariance=matrix)
    assert given.digest == make_design(FIELDS, "lhs:9", OVER, covariance=covariance).digest
    assert make_design(FIELDS, **given.asked).digest == given.digest


@pytest.mark.parametrize("matrix", [
    {}, {"paths": ["free"]}, {"paths": [], "matrix": []}, {"paths": "free", "matrix": [[1]]},
    {"paths": ["free"], "matrix": [[1, 2]]}, {"paths": ["free"], "matrix": 1},
    {"paths": ["free"], "matrix": [1]}, {"paths": ["free"], "matrix": []},
    {"paths": ["free"], "matrix": [["x"]]}, {"paths": [5], "matrix": [[1]]},
    {"paths": ["free"], "matrix": [[[1]]]}, {"paths": ["free"], "matrix": [[10**400]]},
    {"paths": ["free"], "matrix": [[1]], "more": 1}, {"paths": ["free"], "matrix": {"a": 1}},
])  # fmt: skip
def test_matrices_that_are_none(matrix):
    text = refusal(make_design, FIELDS, "lhs:9", {"free": "normal(0, 1)"}, covariance=matrix)
    assert text.startswith("covariance: ")


def test_no_file_of_a_covariance():
    assert "No such file" in refusal(make_design, FIELDS, "sobol:4", OVER, covariance="/nowhere/c.csv")


# Faults


@pytest.mark.parametrize("kind", [
    "sobol:1e12", "sobol:10000000001", "sobol:0", "sobol:-4", "sobol:4.5", "sobol:abc", "sobol:", "sobol", "",
    "4096", "soobol:4", "Sobol:4", "sobol:4:4", "sobol:nan", "sobol:inf", "sobol:1_000", "sobol:²",
    "random:" + 30 * "9", "random:1e999", "random:" + 100_000 * "9", "lhs:1e8", 4096, None, "grid:5",
])  # fmt: skip
def test_kinds_that_are_none(kind):
    text = refusal(make_design, FIELDS, kind, OVER)
    assert text.startswith("design = ")
    assert "\n" not in text
    assert any(word in text for word in ("10,000,000", "KIND:COUNT"))


@pytest.mark.parametrize(("kind", "size"), [("sobol:1e5", 100_000), ("lhs: 7", 7), ("random:1.5e1", 15)])
def test_counts(kind, size):
    assert make_design(FIELDS, kind, OVER).size == size


@pytest.mark.parametrize(("path", "text", "words"), [
    ("free", "", "LOW:HIGH"),
    ("free", "5", "a fixed value or a grid is none"),
    ("free", "1:2:11", "a fixed value or a grid is none"),
    ("free", "1:2:log:log", "LOW:HIGH"),
    ("free", "gauss(1, 2)", "unknown distribution 'gauss'; known: LOW:HIGH"),
    ("free", "__import__('os').getcwd()", "unknown distribution"),
    ("free", "normal(1, 2", "closing parenthesis"),
    ("free", "choice('1, 2)", "a quote is not closed"),
    ("free", "choice('1' 2)", "quotes go around a whole entry"),
    ("free", "normal(1)", "normal has 2 arguments, normal(mean, sd), not 1"),
    ("free", "uniform(1, 2, 3)", "uniform has 2 arguments"),
    ("free", "normal(1, 0)", "above 0"),
    ("free", "normal(1, -2)", "above 0"),
    ("free", "normal(1, inf)", "sd 'inf': not finite"),
    ("free", "uniform(0, inf)", "high 'inf': not finite"),
    ("free", "uniform(nan, 1)", "low 'nan': not finite"),
    ("free", "uniform(2, 1)", "low has to be below high (2, 1)"),
    ("free", "1:1", "low has to be below high"),
    ("free", "triangular(1, 5, 3)", "the mode has to lie between low and high (1, 3)"),
    ("free", "0:1:log", "above 0"),
    ("free", "lognormal(-1, 2)", "above 0"),
    ("free", "lognormal(1, 0.8)", "exp(sigma), above 1"),
    ("free", "choice()", "not a number"),
    ("free", "choice(1,)", "not a number"),
    ("free", 5, "a distribution is a text"),
    ("wafer.thickness", "normal(130, 5 kg)", "sd '5 kg': 'kg' cannot be converted to 'um'"),
    ("wafer.thickness", "uniform(100, 180) kg", "'kg' cannot be converted"),
    ("wafer.thickness", "lognormal(130, 1.2 um)", "factor '1.2 um'"),
    ("wafer.thickness", "normal(-5, 1)", "allowed from 1 to 10000 um"),
    ("wafer.thickness", "uniform(0, 180)", "allowed from 1 to 10000 um"),
    ("wafer.thickness", "truncnormal(100, 5, 90, inf)", "allowed from 1 to 10000 um"),
    ("wafer.thickness", "choice(100, 1e9)", "1e9: allowed from 1 to 10000 um"),
    ("temperature", "normal(25, 5)", "did you mean 25degC?"),
    ("number", "uniform(1, 6.5)", "a whole number"),
    ("number", "choice(1, 2.5)", "a whole number"),
    ("wafer.type", "p:n", "words are drawn by choice"),
    ("wafer.type", "choice(p, x)", "wafer.type = x: allowed n, p"),
    ("wafer.type", "choice(p, n) um", "words have no unit"),
    ("protocol", "normal(1, 2)", "words are drawn by choice"),
    ("wafer.thicknes", "1:2", "unknown field; did you mean wafer.thickness?"),
    ("curve.points", "choice(5, 6)", "cannot be swept"),
    ("free", 100_000 * "(", "LOW:HIGH"),
    ("free", "choice(" + 100_000 * "'" + ")", "quotes go around"),
])  # fmt: skip
def test_distributions_that_are_none(path, text, words):
    found = refusal(make_design, FIELDS, "sobol:4", {path: text})
    assert words in found
    assert path in found


def test_all_faults_at_once():
    found = refusal(
        make_design, FIELDS, "x:1", {"nothing": "1:2", "temperature": "1:2", "free": "a:2"}, seed=-1
    )
    for word in ("x:1", "seed = -1", "nothing", "temperature = 1", "temperature = 2", "free = a"):
        assert word in found


def test_fields_that_exclude_each_other():
    over = {"wafer.resistivity": "1:2", "wafer.doping": "1e15:1e16"}
    assert "is the same field as wafer.resistivity" in refusal(make_design, FIELDS, "lhs:4", over)
    twice = refusal(
        make_design, FIELDS, "lhs:4", {"free": "1:2", "f": "1:2"}, named=lambda name: ("free", "")
    )
    assert "swept twice" in twice


def test_nothing_drawn():
    assert "no field is drawn" in refusal(make_design, FIELDS, "lhs:4", {})


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, "1", True, None])
def test_seeds_that_are_none(seed):
    assert "a whole number from 0" in refusal(make_design, FIELDS, "lhs:4", OVER, seed=seed)


def test_a_hypercube_too_large_for_memory():
    text = refusal(make_design, FIELDS, "lhs:1e7", OVER)
    assert "designs times fields up to 25,000,000" in text


# Tables

NUMBERS = np.array([100.0, 100 / 3, 0.1 + 0.2 + 100, 5e3])


@pytest.fixture
def table(tmp_path):
    """Return what writes a CSV table and returns its path."""

    def write(text, name="designs.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_table_as_a_user_types_it(table):
    path = table(
        "# from the line\n"
        'wafer.thickness [mm],temperature , wafer.type,protocol,number\n'
        '0.1,25degC,p,"Rest, then charge",3\n'
        "\n"
        "120um,300, n,007,\n"
        ",nan,,,2.5\n"
    )  # fmt: skip
    design = make_table_design(FIELDS, path)
    assert (design.size, design.asked) == (3, {"table": str(path)})
    values = design.draw(0, 3)
    np.testing.assert_allclose(values["wafer.thickness"], [100, 120, np.nan])
    np.testing.assert_allclose(values["temperature"], [298.15, 300, np.nan])
    np.testing.assert_array_equal(values["number"], [3, np.nan, 2.5])
    assert values["wafer.type"].tolist() == ["p", "n", ""]
    assert values["protocol"].tolist() == ["Rest, then charge", "007", ""]
    assert design.words == {"wafer.type": ["p", "n"], "protocol": ["Rest, then charge", "007"]}
    assert design.draw(1, 2)["wafer.type"].tolist() == ["n"]


def test_numbers_are_exact(table, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = table("wafer.thickness\n" + "\n".join(map(repr, NUMBERS.tolist())))
    np.testing.assert_array_equal(make_table_design(FIELDS, path).draw(0, 4)["wafer.thickness"], NUMBERS)
    other = tmp_path / "designs.parquet"
    parquet.write_table(pyarrow.table({"wafer.thickness": NUMBERS}), other)
    np.testing.assert_array_equal(make_table_design(FIELDS, other).draw(0, 4)["wafer.thickness"], NUMBERS)
    assert make_table_design(FIELDS, path).digest == make_table_design(FIELDS, other).digest


def test_parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "table"  # a name need not tell
    columns = {
        "wafer.thickness [mm]": pyarrow.array([0.1, None, 0.2], pyarrow.float32()),
        "number": [1, 2, None],
        "temperature": ["25degC", "300", None],
        "wafer.type": pyarrow.array(["p", None, "n"]).dictionary_encode(),
    }
    parquet.write_table(pyarrow.table(columns), path)
    values = make_table_design(FIELDS, path).draw(0, 3)
    np.testing.assert_allclose(values["wafer.thickness"], [100, np.nan, 200], rtol=1e-7)
    np.testing.assert_array_equal(values["number"], [1, 2, np.nan])
    np.testing.assert_allclose(values["temperature"], [298.15, 300, np.nan])
    assert values["wafer.type"].tolist() == ["p", "", "n"]


def test_a_table_without_fields(table):
    found = read_table(table("a,b\n1,x\n,2\n0.1,\n"))
    np.testing.assert_array_equal(found["a"], [1, np.nan, 0.1])
    assert found["b"].tolist() == ["x", "2", ""]


def test_a_text_behind_many_numbers(table):
    """A column is numbers until a cell is none; the numbers before it stay as they were."""
    cells = [repr(value) for value in np.linspace(100, 200, table_columns.BLOCK + 5).tolist()]
    path = table("wafer.thickness\n" + "\n".join([*cells, "150um", '""']))
    values = make_table_design(FIELDS, path).draw(0, len(cells) + 2)["wafer.thickness"]
    np.testing.assert_array_equal(values, [*map(float, cells), 150.0, np.nan])


def test_aliases_of_a_header(table):
    names = {"Thickness [m]": ("wafer.thickness", "m"), "Thickness": ("wafer.thickness", "m")}

    def named(name):
        return names.get(name, (name, ""))

    for text in ("Thickness [m]\n1e-4\n", "Thickness [um]\n100\n", "Thickness\n1e-4\n", "Thickness\n100um\n"):
        design = make_table_design(FIELDS, table(text), named=named)
        assert design.draw(0, 1)["wafer.thickness"] == pytest.approx([100])


@pytest.mark.parametrize(("text", "words"), [
    ("", "is empty"),
    ("# nothing\n", "is empty"),
    ("free\n", "has no rows"),
    ("free,front.j0\n1\n", "line 2 has 1 cells, the header has 2"),
    ("free;front.j0\n1;2,5\n", "parted by commas"),
    ("free,free\n1,2\n", "column 'free' stands twice"),
    (",free\n0,1\n", "column 1 has no name"),
    ("fre\n1\n", "unknown field; did you mean free?"),
    ("curve.points\n5\n", "cannot be swept"),
    ("wafer.resistivity,wafer.doping\n1,1e16\n", "is the same field as wafer.resistivity"),
    ("wafer.thickness\n100\n5 kg\n", "'kg' cannot be converted to 'um'; row 2 below the header"),
    ("wafer.thickness [kg]\n100\n", "'kg' cannot be converted to 'um'"),
    ("wafer.thickness [kg]\n100\nx\n", "'kg' cannot be converted to 'um'"),
    ("wafer.thickness\n1e-4\n\"\"\n", "allowed from 1 to 10000 um (no row has such a value)"),
    ("wafer.type\np\nq\n", "wafer.type = q: allowed n, p (row 2 below the header)"),
    ("wafer.type [um]\np\n", "words have no unit"),
    ("wafer.type\n\"\"\n", "no row has a value"),
    ("free\n1_000\n", "free = 1_000"),
    ("free\n" + 200_000 * "x" + "\n", "field larger than field limit"),
    ("free\n" + 3_000_000 * "1" + "\n", "cannot be read as CSV"),
    (b"free\n\xff\n", "cannot be read as CSV"),
    (b"PAR1 and then nothing", "cannot be read as Parquet"),
    ("free\n" + "".join(f"x{i}\n" for i in range(50)), "47 more such cells"),
])  # fmt: skip
def test_tables_that_are_none(table, text, words):
    assert words in refusal(make_table_design, FIELDS, table(text))


@pytest.mark.parametrize("path", ["/nowhere/designs.csv", "/", "a\0b", "/nowhere/designs.parquet"])
def test_no_such_table(path):
    refusal(make_table_design, FIELDS, path)


def test_tables_too_large(table, monkeypatch):
    path = table("free,front.j0\n1,2\n3,4\n")
    monkeypatch.setattr(table_columns, "CELLS", 3)
    assert "up to 3 cells" in refusal(make_table_design, FIELDS, path)
    with open(path, "r+b") as file:
        file.truncate(csv_rows.LIMIT + 1)  # with a hole: nothing is written
    assert "has 1.00 GiB; a file is read up to 1 GiB" in refusal(make_table_design, FIELDS, path)


@pytest.mark.parametrize("column", [[True, False], [[1.0], [2.0]], [2**53 + 1, 1], [b"a", b"b"]])
def test_parquet_columns_that_are_none(tmp_path, column):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "designs.parquet"
    parquet.write_table(pyarrow.table({"free": column}), path)
    found = refusal(make_table_design, FIELDS, path)
    assert "column 'free' is" in found or "9007199254740993 not in range" in found


def test_a_damaged_parquet_file(tmp_path):
    """Whatever byte is wrong, there is a table or one line."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "designs.parquet"
    parquet.write_table(pyarrow.table({"free": [1.0, 2.0], "wafer.type": ["p", "n"]}), path)
    whole = path.read_bytes()
    refused = []
    for place in range(4, len(whole), 7):
        path.write_bytes(whole[:place] + b"\xff" + whole[place + 1 :])
        try:
            make_table_design(FIELDS, path).draw(0, 1)
        except InputError as error:
            refused.append(str(error))
    assert len(refused) > 10
    assert all(len(text.splitlines()) <= 2 for text in refused)


def test_parquet_without_pyarrow(table, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    found = refusal(make_table_design, FIELDS, table(b"PAR1"))
    assert "pip install 'energymodels[parquet]'" in found


# The guide


def test_what_the_guide_shows_can_be_read(root, tmp_path):
    page = (root / "docs" / "guide" / "designs.md").read_text(encoding="utf-8")
    files = dict(re.findall(r"^```csv\n# (\S+)\n(.*?)^```", page, re.M | re.S))
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert make_table_design(FIELDS, tmp_path / "designs.csv").size == 3
    over = {"front.j0": "normal(12, 2)", "rear.j0": "normal(5, 1)"}
    assert make_design(FIELDS, "lhs:4", over, covariance=tmp_path / "covariance.csv").mixing
    shown = [
        cell for row in re.findall(r"^\| (`[^|]*`) \|", page, re.M) for cell in re.findall("`(.*?)`", row)
    ]
    kinds = [text for text in shown if re.fullmatch(r"[a-z]+:\S+", text)]
    assert [make_design(FIELDS, kind, OVER).kind for kind in kinds] == ["sobol", "halton", "lhs", "random"]
    paths = {"ms": "wafer.tau", "1ms": "wafer.tau", "fA": "front.j0", "B": "wafer.dopant"}
    distributions = [text for text in shown if text not in kinds and not text.startswith("--")]
    found = []
    for text in distributions:
        path = next((path for word, path in paths.items() if re.search(rf"(?<![a-z]){word}\b", text)), "")
        found.append(read_distribution(FIELDS[path or "wafer.thickness"], text).name)
    assert len(found) == 10
    assert set(found) == set(ARGUMENTS)


def test_texts_of_a_design_bring_their_fields_along(tmp_path):
    words = 'choice("Discharge at {rate}C for 1 min", "Charge at {rate}C for 1 min")'
    over = {"protocol": words, "rate": "1:2"}
    plan = em.plan("battery-lfp-18650", design={"kind": "random:6", "over": over})
    assert {"rate", "protocol"} <= set(plan.axes[0].values)
    table = tmp_path / "designs.csv"
    table.write_text(
        "protocol,rate\n" + '"Discharge at {rate}C for 1 min",2\n"Charge at {rate}C for 1 min",1\n'
    )
    assert em.plan("battery-lfp-18650", design={"table": str(table)}).cases == 2
