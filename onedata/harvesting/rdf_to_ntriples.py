"""Foreign RDF as N-Triples, run as a program of its own, bounded in memory and time: file, form, base address, target, folder of
JSON-LD contexts. Answers in JSON: {"triples"} or {"problem"}. Imports nothing of the portal.

Nothing is fetched: JSON-LD contexts come from the folder only (index.json: address -> file), no socket is opened, and no file but
those of the interpreter and the ones named is read. XML with entities inside entities is refused.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from xml.parsers import expat

MOST_DEPTH = 60


class Refused(Exception):
    pass


def contexts(folder: Path) -> dict[str, Any]:
    index = json.loads((folder / "index.json").read_text("utf-8"))
    return {address: json.loads((folder / name).read_text("utf-8")) for address, name in index.items()}


def without_remote(value: Any, known: dict[str, Any], depth: int = 0) -> Any:
    """The document with each context that is named by its address replaced by ours."""
    if depth > MOST_DEPTH:
        raise Refused("nested too deeply")
    if isinstance(value, list):
        return [without_remote(one, known, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, one in value.items():
        if key == "@import":
            raise Refused("a context imports another")
        found[key] = _context(one, known, depth) if key == "@context" else without_remote(one, known, depth + 1)
    return found


def _context(value: Any, known: dict[str, Any], depth: int) -> Any:
    if isinstance(value, str):
        if value.rstrip("/#") not in known:
            raise Refused(f"its context is not in our bundle: {value[:200]}")
        return known[value.rstrip("/#")]
    if isinstance(value, list):
        return [_context(one, known, depth + 1) for one in value]
    return without_remote(value, known, depth + 1)


def check_xml(body: bytes) -> None:
    """Refuse entities that hold entities, and entities from elsewhere."""
    parser = expat.ParserCreate()

    def entity(name: str, is_parameter: bool, value: str | None, base: Any, system: Any, public: Any, notation: Any) -> None:
        if value is None or is_parameter or "&" in value or len(value) > 1000:
            raise Refused("its XML holds entities that are not read")

    parser.EntityDeclHandler = entity
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise Refused("its XML is not well-formed") from error


def lock(allowed: tuple[str, ...]) -> None:
    """From here on no socket, no process, and no file outside of the interpreter's own folders."""
    roots = (*(str(Path(one).resolve()) for one in (sys.prefix, sys.base_prefix, *sys.path) if one), *allowed)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "urllib.", "http.")):
            raise Refused("nothing is fetched from elsewhere")
        if event == "open" and isinstance(arguments[0], (str, bytes)):
            path = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
            if not str(Path(path).resolve()).startswith(roots):
                raise Refused("nothing is read from elsewhere")

    sys.addaudithook(hook)


def main(source: str, form: str, base: str, target: str, folder: str) -> dict[str, Any]:
    from rdflib import Graph
    from rdflib.plugins.parsers import jsonld, notation3, ntriples, rdfxml  # noqa: F401 - loaded before the lock
    from rdflib.plugins.serializers import nt  # noqa: F401

    body = Path(source).read_bytes()
    known = contexts(Path(folder))
    lock((str(Path(target).resolve()),))
    try:
        if form == "json-ld":
            body = json.dumps(without_remote(json.loads(body), known)).encode()
        elif form == "xml":
            check_xml(body)
        graph = Graph().parse(data=body, format=form, publicID=base)
        graph.serialize(target, format="nt", encoding="utf-8")
    except Refused as error:
        return {"problem": str(error)}
    except RecursionError:
        return {"problem": "nested too deeply"}
    except Exception as error:  # noqa: BLE001 - each parser of rdflib raises its own kinds
        cause = error.__cause__ or error.__context__
        return {"problem": str(cause) if isinstance(cause, Refused) else f"no {form}"}
    return {"triples": len(graph)}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:6])))
