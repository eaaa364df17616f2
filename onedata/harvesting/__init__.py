"""Catalogues of others, fetched on a schedule: CKAN, DCAT and data packages; new, changed and removed follow."""
