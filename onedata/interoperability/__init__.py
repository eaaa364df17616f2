"""How other catalogues and programs read ours: CKAN Action API, DCAT 3, Data Package, schema.org."""
