"""`./portal`: sets up, runs, tests, backs up. Imports no app of the portal."""
