"""Makes the pictures of this folder and pictures.json, what Pillow sees in the photographs.

The photographs come with scikit-image (see LICENSES.md).

    python make_pictures.py        # needs scikit-image, numpy, pillow >= 12 (with AVIF)
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

FOLDER = Path(__file__).resolve().parent
RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 200, 40), (30, 40, 210), (230, 220, 40)


def photograph(name: str, pixels: np.ndarray, shortest: int) -> None:
    picture = Image.fromarray(pixels)
    scale = shortest / min(picture.size)
    size = tuple(round(side * scale) for side in picture.size)
    picture.resize(size, Image.Resampling.LANCZOS).save(FOLDER / f"{name}.jpg", quality=88)


def quadrants(width: int, height: int) -> Image.Image:
    """Red and green above, blue and yellow below."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    pixels[height // 2 :, width // 2 :] = YELLOW
    return Image.fromarray(pixels)


def oriented(orientation: int) -> None:
    """A file whose pixels, turned as its EXIF says, are the quadrants."""
    undo = {
        1: [],
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    picture = quadrants(96, 64)
    for step in undo[orientation]:
        picture = picture.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(FOLDER / f"orientation{orientation}.jpg", quality=95, subsampling=0, exif=exif)


def kinds() -> None:
    """The quadrants in every format and kind of pixel."""
    picture = quadrants(96, 64)
    picture.save(FOLDER / "rgb.png")
    picture.save(FOLDER / "rgb.webp", quality=95)
    picture.save(FOLDER / "rgb.tif", compression="tiff_lzw")
    picture.save(FOLDER / "rgb.avif", quality=95)
    picture.quantize(8).save(FOLDER / "palette.png")
    picture.convert("CMYK").save(FOLDER / "cmyk.jpg", quality=95)
    picture.convert("L").save(FOLDER / "grey.jpg", quality=95)
    picture.save(FOLDER / "progressive.jpg", quality=95, subsampling=0, progressive=True)
    picture.save(
        FOLDER / "animated.gif", save_all=True, append_images=[Image.new("RGB", picture.size, "black")], duration=100
    )
    grey = np.linspace(0, 65535, 96).astype(np.uint16)
    Image.fromarray(np.tile(grey, (96, 1))).save(FOLDER / "grey16.png")
    transparent = picture.convert("RGBA")
    transparent.putalpha(Image.fromarray(np.tile(np.repeat([255, 0], 48).astype(np.uint8), (64, 1))))
    transparent.save(FOLDER / "transparent.png")
    one_bit = Image.fromarray(np.tile(np.repeat([0, 255], 48).astype(np.uint8), (64, 1))).convert("1")
    one_bit.save(FOLDER / "bits.png")


def grid(name: str) -> list:
    """The mean colours of 8 x 8 squares of the centre crop of 224 after scaling the shortest side to 256."""
    picture = Image.open(FOLDER / f"{name}.jpg").convert("RGB")
    scale = 256 / min(picture.size)
    picture = picture.resize(tuple(round(side * scale) for side in picture.size), Image.Resampling.LANCZOS)
    left, top = (picture.width - 224) // 2, (picture.height - 224) // 2
    pixels = np.asarray(picture.crop((left, top, left + 224, top + 224)), np.float64)
    means = pixels.reshape(8, 28, 8, 28, 3).mean(axis=(1, 3))
    return [round(value, 2) for value in means.flatten()]


if __name__ == "__main__":
    photograph("cat", skimage.data.chelsea(), 300)
    photograph("espresso", skimage.data.coffee(), 330)
    photograph("tripod", skimage.data.camera(), 320)
    for orientation in range(1, 9):
        oriented(orientation)
    kinds()
    fixture = {
        "versions": {name: version(name) for name in ("scikit-image", "pillow", "numpy")},
        "grids": {name: grid(name) for name in ("cat", "espresso", "tripod")},
    }
    (FOLDER / "pictures.json").write_text(json.dumps(fixture) + "\n")
