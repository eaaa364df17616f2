"""NTB Care: reports of citizens, from a phone to a public answer."""
