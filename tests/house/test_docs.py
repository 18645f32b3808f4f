"""The pages: what they show can be run, and gives what they say."""

import importlib.util
import re

import pytest


def _load(root, name):
    spec = importlib.util.spec_from_file_location(name, root / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def console(root):
    return _load(root, "console")


def test_bibliography_is_that_of_the_sources(root):
    page = _load(root, "bibliography")
    assert page.PAGE.read_text(encoding="utf-8") == page.text(), "python docs/bibliography.py"


def test_fields_are_those_of_the_models(root):
    fields = _load(root, "fields")
    pages = fields.pages()
    assert {p.name for p in fields.HERE.glob("*.md")} == set(pages)
    for name, text in pages.items():
        assert (fields.HERE / name).read_text(encoding="utf-8") == text, f"{name}: python docs/fields.py"


def test_every_status_has_a_meaning(root):
    rows = [
        line.split("|")[1:-1]
        for line in _load(root, "fields").statuses().splitlines()
        if line.startswith("| ")
    ]
    assert all(cell.strip() for row in rows for cell in row)


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/start/{n}.md" for n in ("battery", "cell", "ev", "polysilicon"))]
)
def test_pages_give_what_they_show(root, console, page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert console.check(root / page) == [], "python docs/console.py writes today's numbers into the pages"


def test_every_page_that_runs_is_tested(root, console):
    assert {p.relative_to(root).as_posix() for p in console.PAGES} == {
        "README.md", "docs/start/battery.md", "docs/start/cell.md", "docs/start/ev.md",
        "docs/start/polysilicon.md"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "other", "same"),
    [
        ("v_oc  0.7052  V", "v_oc  0.705228  V", True),
        ("v_oc  0.7152  V", "v_oc  0.705228  V", False),
        ("v_oc  0.7052  V", "v_mp  0.7052  V", False),
        ("gained  1e-16  1", "gained  -6.7e-16  1", True),
        ("p (Ga)  Cr  0.5", "n (P)  Cr  0.5", False),
    ],
)
def test_lines_that_are_alike(console, line, other, same):
    assert console.alike(line, other) is same


def test_readme_is_one_page(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    assert len(text.split()) <= 900
    assert len(text.splitlines()) <= 120


def test_links_lead_somewhere(root):
    for page in (root / "README.md", *(root / "docs").rglob("*.md")):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page}: {link}"


def test_every_page_is_in_the_contents(root):
    contents = (root / "mkdocs.yml").read_text(encoding="utf-8")
    for page in (root / "docs").rglob("*.md"):
        if page.name == "README.md":
            continue
        assert page.relative_to(root / "docs").as_posix() in contents, page
