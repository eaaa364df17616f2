"""Reads one picture of a stranger in a process of its own (bounded.py): python picture_reader.py SOURCE TARGET SIDE.

Writes it upright and small as JPEG to TARGET and says {"width", "height"} of that; ends with an error for
what is no picture. Knows nothing of Django, so that it starts fast.
"""

from __future__ import annotations

import json
import sys

from PIL import Image, ImageOps


def small(source: str, side: int) -> Image.Image:
    """The picture upright, on white, at most `side` pixels wide and high."""
    picture: Image.Image = Image.open(source, formats=("JPEG", "PNG", "WEBP"))
    picture.draft("RGB", (side * 2, side * 2))
    picture.load()
    picture.thumbnail((side, side))  # first small, then turned: half the memory
    turned = ImageOps.exif_transpose(picture)
    if turned.mode in {"RGBA", "LA", "P"}:
        rgba = turned.convert("RGBA")
        ground = Image.new("RGB", rgba.size, "white")
        ground.paste(rgba, mask=rgba.getchannel("A"))
        return ground
    return turned.convert("RGB")


if __name__ == "__main__":
    done = small(sys.argv[1], int(sys.argv[3]))
    done.save(sys.argv[2], "JPEG", quality=90)
    print(json.dumps({"width": done.width, "height": done.height}))
