"""Real pictures, made by Pillow."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def picture(kind: str = "JPEG", width: int = 300, height: int = 250) -> bytes:
    """The bytes of a picture with something on it."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    target = BytesIO()
    image.save(target, kind)
    return target.getvalue()
