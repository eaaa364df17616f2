"""The ground floor: places, agencies, people, notices, and what every page needs. Imports no other app."""
