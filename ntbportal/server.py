"""What the web server runs: Django in a few threads of each process, behind the gate."""

from .gate import Gate
from .wsgi import application as django_application

application = Gate(django_application)
