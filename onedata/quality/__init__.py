"""Checks of a version: what it is read as, what is wrong in it, in plain words."""
