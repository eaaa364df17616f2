"""Posyandu Information System: families, visits, growth."""
