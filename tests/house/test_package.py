"""The house: who may import whom, what is loaded when, what is packaged, and the cache of
compiled kernels.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch

import pytest

import energymodels as em
from energymodels.cli import VERBS
from energymodels.core.errors import RenamedWarning
from energymodels.kernels import jit

FOLDERS = ("energymodels", "kernels", "datasets", "cli")
BACKENDS = {"pvlib", "pybamm"}
LAUNCH = "import sys; sys.argv[0] = 'energymodels'; from energymodels.cli import main\n"
REPORT = "\nimport json; print('LOADED', json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"


def imports(path):
    """Return the names of all modules a file imports, wherever it does; those for type checkers only are left
    out.
    """
    found = set()
    for node in _executed(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def _executed(node):
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield child
            yield from _executed(child)


def top(names):
    return {name.split(".")[0] for name in names}


def within(names, *packages):
    """Return the names that lie in one of the packages."""
    return {name for name in names if any(name == p or name.startswith(p + ".") for p in packages)}


def files(root, folder):
    return sorted((root / folder).rglob("*.py"))


def python(root, code, **environment):
    """Run a program of its own in the checkout."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(
        command, cwd=root, env=os.environ | environment, capture_output=True, text=True, timeout=100
    )


def loaded(root, code):
    """Return the top-level modules that a program has loaded when it ends."""
    guarded = (
        f"import sys\ntry:\n    {code}\nexcept SystemExit as end:\n    assert not end.code, end.code{REPORT}"
    )
    done = python(root, LAUNCH + guarded)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.rsplit("LOADED", 1)[1])), done


# Imports


@pytest.mark.parametrize("folder", FOLDERS)
def test_import_direction(root, folder):
    for path in files(root, folder):
        names = imports(path)
        # never by their bare names
        assert not within(names, *(f for f in FOLDERS if f != "energymodels")), path
        if folder == "kernels":
            assert top(names) <= {*sys.stdlib_module_names, "numpy", "numba", "llvmlite", "energymodels"}, (
                path
            )
            assert within(names, "energymodels") == within(names, "energymodels.kernels"), path
        elif folder == "datasets":
            assert top(names) <= {*sys.stdlib_module_names, "numpy", "energymodels"}, path
            assert within(names, "energymodels") == within(names, "energymodels.datasets"), path
        elif folder == "energymodels":
            assert not within(names, "energymodels.cli"), path
            assert not top(names) & {"click"}, path
            if "backends" not in path.parts:  # asked for by name: core/backends.py
                assert not top(names) & BACKENDS, path
                assert not within(names, "energymodels.backends"), path
        else:
            assert within(names, "energymodels.kernels") <= within(
                names, "energymodels.kernels.jit", "energymodels.kernels.status"
            ), path
            assert not top(names) & {"numba", "xarray", "pydantic", "pint", *BACKENDS}, path


def test_kernels_have_no_units_files_exceptions_or_printing(root):
    for path in files(root, "kernels"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name not in ("cache.py", "jit.py", "pipeline.py", "__init__.py"):
            assert not [node for node in ast.walk(tree) if isinstance(node, ast.Raise)], path
            called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
            assert not called & {"open", "print"}, path


def test_only_one_place_compiles(root):
    for path in files(root, "kernels"):
        assert ("njit" in path.read_text(encoding="utf-8")) == (path.name == "jit.py"), path


@pytest.mark.parametrize("folder", ["kernels", "datasets", "cli"])
def test_folders_have_one_name(root, folder):
    done = python(root, f"import {folder}")
    assert done.returncode == 1
    assert f"ImportError: this folder is the package energymodels.{folder}" in done.stderr


def test_import_is_lazy(root):
    found, _ = loaded(root, "import energymodels")
    assert not found & {"numba", "numpy", "xarray", "pint", "pydantic", "pandas", *BACKENDS}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["run", "--help"], ["rnu"]])
def test_help_is_lazy(root, words):
    code = f"main({words!r})"
    if words == ["rnu"]:
        code = f"main({words!r}, standalone_mode=False)\nexcept __import__('click').UsageError:\n    pass"
    found, _ = loaded(root, code)
    assert not found & {"numba", "xarray", "pint", "pydantic", "pandas", *BACKENDS}


def test_run_json_loads_what_it_needs(root):
    found, done = loaded(root, "main(['run', 'industrial-perc-2023', '--json'])")
    assert json.loads(done.stdout.rsplit("LOADED", 1)[0])["status"] == 0
    assert not found & {"xarray", "pandas", "pint", "matplotlib", *BACKENDS}


@pytest.mark.parametrize("name", em.__all__)
def test_public_names(name):
    assert getattr(em, name) is not None
    assert name in dir(em)


# verbs without a function of their name, and what does the same from Python
ELSEWHERE = {
    "data": "energymodels.datasets.table and series",
    "describe": "Spec.fields and Model.outputs",
    "models": "energymodels.MODELS, a tuple",
}
# what Python has that is no verb: files and specs, which the command line names by path, and plans
LIBRARY = {"InputError", "MODELS", "Spec", "load", "plan", "read", "write"}


def test_verbs_and_public_names_are_one_list():
    verbs = {verb.replace("-", "_") for verb in VERBS}
    assert not ELSEWHERE.keys() & set(em.__all__)
    assert set(em.__all__) - LIBRARY == verbs - ELSEWHERE.keys()
    assert all(callable(getattr(em, verb)) for verb in verbs - ELSEWHERE.keys())


@pytest.mark.parametrize("first", ["em.claims", "importlib.import_module('energymodels.claims')"])
def test_claims_is_a_package_and_is_called(root, first):
    code = (
        f"import importlib, inspect, energymodels as em; {first}; import energymodels.claims as package; "
        "untimed = lambda ds: ds.assign_attrs(history=''); assert package is em.claims; "
        "assert untimed(package.claims('blade')).identical(untimed(em.claims('blade'))); "
        "assert inspect.signature(em.claims) == inspect.signature(package.claims)"
    )
    assert python(root, code).stderr == ""


def test_an_old_public_name():
    with pytest.warns(
        RenamedWarning, match=r"^energymodels.tolerance is now called energymodels.metal_budget;"
    ):
        assert em.tolerance is em.metal_budget
    assert "tolerance" not in dir(em)


def test_unknown_public_name():
    with pytest.raises(AttributeError, match="no attribute 'rum'"):
        em.rum  # noqa: B018


# Packaging


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def package_name(root, folder):
    parts = folder.relative_to(root).parts
    return ".".join(parts if parts[0] == "energymodels" else ("energymodels", *parts))


def contents(root):
    """Return {package: names of its files} of the four folders."""
    found = {}
    for top_folder in FOLDERS:
        for path in (root / top_folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                found.setdefault(package_name(root, path.parent), []).append(path.name)
    return found


def test_packages_are_those_of_the_tree(root, project):
    listed = project["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(contents(root))
    assert len(listed) == len(set(listed))


def test_packaged_folders_have_one_name(project):
    assert project["tool"]["setuptools"]["package-dir"] == {
        "energymodels": "energymodels", "energymodels.cli": "cli",
        "energymodels.datasets": "datasets", "energymodels.kernels": "kernels",
    }  # fmt: skip


def test_every_data_file_is_packaged(root, project):
    patterns = project["tool"]["setuptools"]["package-data"]
    for package, names in contents(root).items():
        # that is for readers of the tree
        data = [name for name in names if not name.endswith(".py") and name != "README.md"]
        assert [
            name for name in data if not any(fnmatch(name, pattern) for pattern in patterns.get(package, []))
        ] == [], package
    assert not patterns.keys() - contents(root).keys()


def test_every_import_is_a_dependency(root, project):
    """Distribution and module have the same name here, but for dashes and what lies beside matplotlib."""
    lines = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["parquet"]
    wanted = {re.split("[>[]", line)[0].replace("-", "_") for line in lines}
    used = set().union(*(top(imports(path)) for folder in FOLDERS for path in files(root, folder))) - set(
        sys.stdlib_module_names
    )
    # xarray loads what writes a file when it is asked to, distributed what encrypts
    by_name = {"h5netcdf", "zarr", "cryptography"}
    assert used - {"energymodels", "mpl_toolkits"} | by_name == wanted


def test_licence_and_version(root, project):
    assert project["project"]["license"] == "BSD-3-Clause"
    assert project["project"]["version"] == em.__version__
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {em.__version__}\n" in citation


def test_metadata_are_complete(root, project):
    metadata = project["project"]
    wanted = ("name", "version", "description", "readme", "requires-python", "license", "license-files",
              "authors", "keywords", "classifiers", "dependencies", "scripts")  # fmt: skip
    assert [field for field in wanted if not metadata.get(field)] == []
    files = [metadata["readme"], *metadata["license-files"]]
    assert [name for name in files if not (root / name).read_text(encoding="utf-8")] == []
    assert all(url.startswith("https://") for url in metadata.get("urls", {}).values())


def test_classifiers_are_the_pythons_tried(root, project):
    language = "Programming Language :: Python :: "
    named = [line.removeprefix(language) for line in project["project"]["classifiers"] if language in line]
    (tried,) = re.findall(r"\|\| versions=\((.*)\)", (root / ".ci" / "pythons").read_text(encoding="utf-8"))
    assert [name for name in named if "." in name] == tried.split()


# The cache of compiled kernels


@pytest.fixture
def sources(tmp_path):
    shutil.copytree(jit.SOURCES, tmp_path / "kernels", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "kernels"


def test_digest_is_that_of_the_content(sources):
    assert jit.source_digest(sources) == jit.source_digest()
    (sources / "__pycache__").mkdir()
    (sources / "__pycache__" / "x.pyc").write_bytes(b"0")
    assert jit.source_digest(sources) == jit.source_digest()


def test_digest_changes_with_every_file(sources):
    before = jit.source_digest(sources)
    for path in sorted(sources.rglob("*.py")):
        text = path.read_bytes()
        path.write_bytes(text + b" ")
        assert jit.source_digest(sources) != before, path
        path.write_bytes(text)
    assert jit.source_digest(sources) == before


def test_digest_changes_with_names(sources):
    before = jit.source_digest(sources)
    (sources / "pv" / "new.py").touch()
    with_new = jit.source_digest(sources)
    (sources / "pv" / "new.py").rename(sources / "pv" / "newer.py")
    assert len({before, with_new, jit.source_digest(sources)}) == 3


def test_cache_is_named_by_the_digest(root, tmp_path):
    code = "from energymodels.kernels import jit; print(jit.CACHE)"
    done = python(root, code, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "cache" / f"kernels-{jit.source_digest()}")


def test_cache_where_nothing_can_be_written(root, tmp_path):
    (tmp_path / "file").touch()
    code = "from energymodels.kernels import jit; print(jit.CACHE)"
    done = python(root, code, NUMBA_CACHE_DIR=str(tmp_path / "file"), TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith(str(tmp_path / "energymodels-cache"))


def test_other_packages_keep_their_cache():
    from numba.core import config

    assert str(jit.CACHE) != config.CACHE_DIR


@jit.inner
def _twice(x):
    return 2.0 * x


def _four_times(x):
    return _twice(_twice(x))


@pytest.mark.skipif(jit.INTERPRETED, reason="nothing is compiled")
def test_inner_functions_stay_out_of_the_engine():
    """Their unoptimised copies would be called by the entry in the process that compiles it, at half its
    speed.
    """
    entry = jit._compile(_four_times, cache=False)
    assert entry(3.0) == 12.0
    engine = next(iter(entry.overloads.values())).library.codegen._engine
    (found,) = _twice.overloads.values()
    assert engine.is_symbol_defined(next(iter(entry.overloads.values())).fndesc.mangled_name)
    assert not engine.is_symbol_defined(found.fndesc.mangled_name)
