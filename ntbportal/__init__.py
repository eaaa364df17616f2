"""The NTB portal project: settings, addresses, Celery and what all three apps stand on."""
