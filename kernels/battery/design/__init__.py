"""Cell design: from electrodes and a housing to capacity, masses and volumes."""
