"""NTB One Data: the catalogue of open data under the Satu Data policy."""
