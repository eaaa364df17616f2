"""The Open Government Partnership action plan of NTB."""
