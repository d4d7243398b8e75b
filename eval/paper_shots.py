"""Photographs and scans of drawn sheets as people make them: crooked, sideways, dim, in shadow, far away."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Shot = Callable[[Image.Image], Image.Image]
_DESK = (126, 108, 88)
_EXIF_ORIENTATION = 0x0112
_TURNED_RIGHT = 6
"""EXIF: the camera lay on its side, viewers turn the picture a quarter clockwise."""


def _shaded(image: Image.Image, shade: NDArray[np.float32], noise: float = 4.0) -> Image.Image:
    grain = np.random.default_rng(7).normal(0, noise, (image.height, image.width, 1))
    pixels = np.asarray(image, np.float32) * shade + grain
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _even(image: Image.Image, light: float, noise: float = 4.0) -> Image.Image:
    return _shaded(image, np.full((1, 1, 1), light, np.float32), noise)


def plain(image: Image.Image) -> Image.Image:
    """A good scan."""
    return _even(image, 1.0, 2.5)


def crooked(degrees: float) -> Shot:
    """Put on the glass or photographed aslant."""
    return lambda image: _even(image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=_DESK), 1.0)


def dim(image: Image.Image) -> Image.Image:
    """Photographed in the evening without a lamp."""
    return _even(image, 0.28, 5.0)


def shadow(image: Image.Image) -> Image.Image:
    """The shadow of a hand and telephone over half of the sheet."""
    x = np.linspace(0, 1, image.width)[None, :]
    y = np.linspace(0, 1, image.height)[:, None]
    edge = 1 / (1 + np.exp(-(x + 0.4 * y - 0.7) * 40))
    return _shaded(image, np.asarray(0.38 + 0.62 * edge, np.float32)[:, :, None])


def faint(image: Image.Image) -> Image.Image:
    """A copy from a machine that runs out of toner."""
    pixels = 225 + (np.asarray(image, np.float32) - 225) * 0.22
    return _even(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)), 1.0, 2.0)


def squeezed(image: Image.Image) -> Image.Image:
    """Sent through a messenger that compresses hard."""
    small = image.resize((image.width * 4 // 5, image.height * 4 // 5), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=18)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def coarse(image: Image.Image) -> Image.Image:
    """A scan or picture of few pixels: 80 dpi of an A4 page."""
    share = 0.54
    return _even(image.resize((int(image.width * share), int(image.height * share)), Image.Resampling.LANCZOS), 1.0)


def aslant(image: Image.Image) -> Image.Image:
    """From the side: the far edge is a sixth shorter than the near one."""
    wide, high = int(image.width * 1.2), int(image.height * 1.15)
    left, top = (wide - image.width) / 2, (high - image.height) / 2
    near = [(left + image.width * 0.08, top), (left + image.width * 0.92, top + image.height * 0.03),
            (left + image.width, top + image.height), (left, top + image.height * 0.97)]  # fmt: skip
    corners = [(0, 0), (image.width, 0), (image.width, image.height), (0, image.height)]
    sheet = image.transform((wide, high), Image.Transform.PERSPECTIVE, _inverse(corners, near),
                            Image.Resampling.BICUBIC, fillcolor=_DESK)  # fmt: skip
    return _even(sheet, 0.9)


def _inverse(source: list[tuple[int, int]], target: list[tuple[float, float]]) -> list[float]:
    """Coefficients that map a point of the target back to the source."""
    rows, wanted = [], []
    for (u, v), (x, y) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return [float(c) for c in np.linalg.solve(np.array(rows, float), np.array(wanted, float))]


def far(image: Image.Image) -> Image.Image:
    """Small in the middle of a large picture of a desk, at twelve megapixels."""
    room = Image.new("RGB", (4000, 3000), _DESK)
    share = min(1900 / image.width, 1900 / image.height)
    sheet = image.resize((int(image.width * share), int(image.height * share)), Image.Resampling.LANCZOS)
    room.paste(sheet, ((4000 - sheet.width) // 2, (3000 - sheet.height) // 2))
    return _even(room.filter(ImageFilter.GaussianBlur(1.0)), 0.85)


def beside(*images: Image.Image) -> Image.Image:
    """Several sheets side by side on one desk."""
    high, wide = max(i.height for i in images) + 120, sum(i.width + 60 for i in images) + 60
    room, x = Image.new("RGB", (wide, high), _DESK), 60
    for image in images:
        room.paste(image, (x, 60))
        x += image.width + 60
    return room


def under(*images: Image.Image) -> Image.Image:
    """Several cards one under the other."""
    wide, high = max(i.width for i in images) + 160, sum(i.height + 80 for i in images) + 80
    room, y = Image.new("RGB", (wide, high), _DESK), 80
    for image in images:
        room.paste(image, (80, y))
        y += image.height + 80
    return room


SHOTS: dict[str, Shot] = {
    "scan": plain,
    "crooked 3°": crooked(3),
    "crooked 9°": crooked(-9),
    "sideways": lambda image: plain(image.rotate(90, expand=True)),
    "upside down": lambda image: plain(image.rotate(180)),
    "dim": dim,
    "shadow": shadow,
    "faint": faint,
    "squeezed": squeezed,
    "coarse": coarse,
    "aslant": aslant,
    "far": far,
}
"""What a person may do to a sheet and still hope that it is read."""


def lying(image: Image.Image, path: str) -> None:
    """Saves a picture taken with the telephone on its side: the pixels lie, the note in the file says so."""
    exif = Image.Exif()
    exif[_EXIF_ORIENTATION] = _TURNED_RIGHT
    image.rotate(90, expand=True).save(path, "JPEG", quality=88, exif=exif)
