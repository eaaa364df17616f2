"""Front page, search across everything, a person's own page, health of the service."""
