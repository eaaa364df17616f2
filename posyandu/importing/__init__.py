"""Weighings from a spreadsheet (e-PPGBM's export, or the yearly register): looked through first, then brought in.

A row is one weighing, or somebody of the register who was not weighed. People are found by NIK, else by posyandu, birth date, sex
and the sound of the name; whoever is not found is entered. A weighing that is there already stays; one that differs is corrected,
its old values staying in the history. Rows with problems are left out and told by row and column; the good rest is brought in.
"""

from .files import keep
from .running import begin, go_on, run, throw_away

__all__ = ["begin", "go_on", "keep", "run", "throw_away"]
