"""What the tests of cell designs share."""

import pytest

import energymodels as em


@pytest.fixture
def design():
    """Return a function that runs one design: scalars by name, masses in ``component``."""

    def run(spec="battery.design", **values):
        found = em.run(spec, {path.replace("__", "."): value for path, value in values.items()})
        assert found.status == 0
        numbers = {name: float(found[name]) for name in found.data_vars if not found[name].dims}
        masses = dict(zip(found.component.values.tolist(), found.component_mass.values.tolist(), strict=True))
        return numbers | {"component": masses}

    return run
