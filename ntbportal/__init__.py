"""The NTB portal: composition root of One Data, NTB Care and the Posyandu Information System."""
