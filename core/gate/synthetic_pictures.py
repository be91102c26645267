"""Films as other hospitals make them, and pictures that are no frontal film: what the gate learns.

All are made from starter films or drawn; every picture is uint8, 128 x 128. A maker takes a film,
another film and a random generator. No lateral film is in ChestX-ray14: `side_view` is a stand-in.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from core.films.resample import BASE_PX

PX = BASE_PX
Picture = np.ndarray
Maker = Callable[[Picture, Picture, Generator], Picture]


def make(maker: Maker, films: np.ndarray, rng: Generator) -> np.ndarray:
    """One picture for every film (N x 128 x 128), each with a random second film."""
    others = films[rng.integers(0, len(films), len(films))]
    made = [maker(film, other, rng) for film, other in zip(films, others, strict=True)]
    return np.stack(made).astype(np.uint8)


def elsewhere(film: Picture, _: Picture, rng: Generator) -> Picture:
    """A frontal film of another hospital: tone, position, collimation, borders, burned-in text."""
    film = _tone(_moved(film, rng), rng)
    if rng.random() < 0.25:
        film = _bordered(film, rng)
    return _lettered(film, rng) if rng.random() < 0.25 else film


def turned(quarters: int) -> Maker:
    """A film turned anticlockwise by so many quarters."""
    return lambda film, other, rng: np.rot90(elsewhere(film, other, rng), quarters)


def negative(film: Picture, other: Picture, rng: Generator) -> Picture:
    """A film with black bones."""
    return 255 - elsewhere(film, other, rng)


def side_view(film: Picture, other: Picture, rng: Generator) -> Picture:
    """Stand-in for a lateral film: two half chests laid over each other in one outline."""
    halves = [_sized(picture[:, : _share(rng, 0.42, 0.58)]) for picture in (film, other[:, ::-1])]
    weight = rng.uniform(0.3, 0.7)
    body = weight * halves[0].astype(np.float32) + (1 - weight) * halves[1]
    width = _share(rng, 0.55, 1)
    left = int(rng.integers(0, PX - width + 1))
    picture = np.zeros((PX, PX), np.float32)
    picture[:, left : left + width] = _sized(body[:, :: rng.choice([-1, 1])], width)
    if rng.random() < 0.7:
        outline = np.zeros((PX, PX), np.uint8)
        centre = (left + width // 2, int(rng.uniform(60, 85)))
        radii = (int(width * rng.uniform(0.42, 0.55)), int(rng.uniform(70, 95)))
        cv2.ellipse(outline, centre, radii, rng.uniform(-15, 15), 0, 360, 255, -1)
        picture *= cv2.GaussianBlur(outline, (0, 0), 2) / np.float32(255)
    return elsewhere(picture.astype(np.uint8), other, rng)


def half_chest(film: Picture, _: Picture, rng: Generator) -> Picture:
    """One side of the chest drawn out to the whole width."""
    width = _share(rng, 0.45, 0.62)
    return _tone(_sized(film[:, :width] if rng.random() < 0.5 else film[:, -width:]), rng)


def cropped(film: Picture, _: Picture, rng: Generator) -> Picture:
    """A film of which a margin, and with it part of the lungs, is cut away."""
    width, height = (_share(rng, 0.5, 0.68) for _ in range(2))
    x, y = (int(rng.integers(0, PX - side)) for side in (width, height))
    return _tone(_sized(film[y : y + height, x : x + width]), rng)


def detail(film: Picture, _: Picture, rng: Generator) -> Picture:
    """A small part of a film, away from its centre: shoulder, flank, diaphragm."""
    side = _share(rng, 0.25, 0.45)
    while True:
        y, x = (int(v) for v in rng.integers(0, PX - side, 2))
        if abs(y + side / 2 - PX / 2) + abs(x + side / 2 - PX / 2) > 22:
            return _tone(_sized(film[y : y + side, x : x + side]), rng)


def below(film: Picture, _: Picture, rng: Generator) -> Picture:
    """The lower half of a film, as near to an abdomen as chest films come."""
    x = int(rng.uniform(0, 25))
    return _tone(_sized(film[int(rng.uniform(58, 80)) :, x : x + _share(rng, 0.62, 0.8)]), rng)


def above(film: Picture, _: Picture, rng: Generator) -> Picture:
    """The upper half of a film: neck and shoulders."""
    x = int(rng.uniform(0, 25))
    return _tone(_sized(film[: int(rng.uniform(38, 60)), x : x + _share(rng, 0.62, 0.8)]), rng)


def spine(film: Picture, _: Picture, rng: Generator) -> Picture:
    """A strip along the spine drawn out to the whole width."""
    width = int(rng.uniform(28, 56))
    left = int((PX - width) / 2 + rng.uniform(-8, 8))
    top, height = (int(rng.uniform(0, 60)), 60) if rng.random() < 0.5 else (0, PX)
    return _tone(_sized(film[top : top + height, left : left + width]), rng)


def shuffled(film: Picture, _: Picture, rng: Generator) -> Picture:
    """A film cut into squares that are laid anew."""
    n = int(rng.choice([2, 4]))
    side = PX // n
    squares = film.reshape(n, side, n, side).swapaxes(1, 2).reshape(-1, side, side)
    laid = rng.permutation(squares).reshape(n, n, side, side).swapaxes(1, 2)
    return _tone(laid.reshape(PX, PX), rng)


def montage(film: Picture, other: Picture, rng: Generator) -> Picture:
    """Two or four films in one picture."""
    beside, under = np.hstack([film, other]), np.vstack([film, other])
    four = np.vstack([beside, beside[:, ::-1]])
    return _tone(_sized((beside, under, four)[rng.integers(3)]), rng)


def squeezed(film: Picture, _: Picture, rng: Generator) -> Picture:
    """A film at less than half of its width, on black."""
    width = _share(rng, 0.3, 0.48)
    left = int(rng.integers(0, PX - width))
    return _tone(np.pad(_sized(film, width), ((0, 0), (left, PX - width - left))), rng)


def clouds(film: Picture, _: Picture, rng: Generator) -> Picture:
    """Noise from white to cloudy, or with the spectrum of a film."""
    noise = np.fft.fft2(rng.normal(size=film.shape))
    across = np.hypot(np.fft.fftfreq(PX)[:, None], np.fft.fftfreq(PX)[None]) + 0.01
    if rng.random() < 0.4:
        spectrum = np.abs(np.fft.fft2(film)) * noise / np.abs(noise)
    else:
        spectrum = noise / across ** rng.uniform(0, 2.2)
    grey = np.real(np.fft.ifft2(spectrum))
    low, high = np.quantile(grey, [0.01, 0.99])
    grey = (grey - low) / (high - low)
    return _as_grey(grey > rng.uniform(0.3, 0.7) if rng.random() < 0.2 else grey)


def document(_: Picture, __: Picture, rng: Generator) -> Picture:
    """A page of text, at times with a figure or white on black."""
    page = Image.new("L", (512, 512), int(rng.integers(200, 256)))
    draw = ImageDraw.Draw(page)
    size = int(rng.integers(10, 40))
    font = ImageFont.load_default(size)
    y = int(rng.integers(5, 60))
    while y < 500:
        line = " ".join(_word(rng, int(rng.integers(2, 9))) for _ in range(12))
        draw.text((int(rng.integers(10, 60)), y), line, fill=int(rng.integers(0, 90)), font=font)
        y += int(size * rng.uniform(1.1, 2.5))
    if rng.random() < 0.3:
        corners = (*rng.integers(0, 256, 2), *rng.integers(256, 512, 2))
        draw.rectangle([int(c) for c in corners], fill=int(rng.integers(0, 256)))
    small = np.asarray(page.resize((PX, PX), Image.Resampling.BOX))
    return 255 - small if rng.random() < 0.3 else small


def shapes(_: Picture, __: Picture, rng: Generator) -> Picture:
    """Ellipses and bars of any grey, sharp or blurred."""
    picture = np.full((PX, PX), rng.integers(0, 256), np.uint8)
    for _i in range(rng.integers(2, 14)):
        first, last, radii = (tuple(map(int, rng.integers(4, PX, 2))) for _ in range(3))
        ink = int(rng.integers(0, 256))
        if rng.random() < 0.5:
            small = (radii[0] // 2, radii[1] // 2)
            cv2.ellipse(picture, first, small, rng.uniform(0, 180), 0, 360, ink, -1)
        else:
            cv2.line(picture, first, last, ink, int(rng.integers(1, 18)))
    grey = picture / 255
    if rng.random() < 0.7:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.5, 6)))
    return _as_grey(grey + rng.normal(0, rng.uniform(0, 0.06), grey.shape))


def cross_section(_: Picture, __: Picture, rng: Generator) -> Picture:
    """Stand-in for a CT slice of the chest: a bright oval with two dark lungs and a vertebra."""
    picture = np.zeros((PX, PX), np.float32)
    x, y = (int(PX / 2 + rng.uniform(-5, 5)) for _ in range(2))
    wide, high = rng.uniform(45, 64), rng.uniform(34, 55)
    cv2.ellipse(picture, (x, y), (int(wide), int(high)), 0, 0, 360, rng.uniform(0.5, 1), -1)
    air = rng.uniform(0, 0.35)
    for side in (-1, 1):
        centre = (int(x + side * wide * rng.uniform(0.42, 0.55)), int(y + rng.uniform(-4, 4)))
        radii = (int(wide * rng.uniform(0.25, 0.38)), int(high * rng.uniform(0.5, 0.72)))
        cv2.ellipse(picture, centre, radii, side * rng.uniform(-5, 25), 0, 360, air, -1)
    cv2.circle(picture, (x, int(y + high * 0.7)), int(rng.uniform(5, 10)), 1, -1)
    picture += rng.normal(0, rng.uniform(0.01, 0.15), picture.shape) * (picture > 0.05)
    return _as_grey(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.5)))


def limb(_: Picture, __: Picture, rng: Generator) -> Picture:
    """Stand-in for hands and limbs: bright bars with brighter rims on dark."""
    soft, bone = np.zeros((PX, PX), np.float32), np.zeros((PX, PX), np.float32)
    lean = rng.uniform(0, 180)
    for _i in range(rng.integers(1, 7)):
        angle = np.radians(lean + rng.normal(0, 15))
        reach = np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(30, 90)
        centre = rng.uniform(25, 103, 2)
        one, other = (tuple(map(int, centre + sign * reach)) for sign in (-1, 1))
        width = int(rng.integers(3, 18))
        cv2.line(soft, one, other, 1, int(width * rng.uniform(1.6, 3)))
        shaft = np.zeros_like(bone)
        cv2.line(shaft, one, other, 1, width)
        if width > 6:
            cv2.line(shaft, one, other, 0.6, width - 4)
        cv2.circle(shaft, other, int(width * 0.8), 0.9, -1)
        bone = np.maximum(bone, shaft)
    grey = rng.uniform(0, 0.15) + 0.25 * cv2.GaussianBlur(soft, (0, 0), 2.5)
    grey += rng.uniform(0.3, 0.7) * cv2.GaussianBlur(bone, (0, 0), 0.8)
    return _as_grey(grey + rng.normal(0, 0.02, grey.shape))


OTHER_PICTURES: tuple[Maker, ...] = (
    detail,
    below,
    above,
    spine,
    shuffled,
    montage,
    squeezed,
    clouds,
    document,
    shapes,
    cross_section,
    limb,
)
"""What is no frontal chest film, in any direction."""


def _share(rng: Generator, low: float, high: float) -> int:
    """A side in px between two shares of the film's."""
    return int(rng.uniform(low, high) * PX)


def _sized(picture: Picture, width: int = PX) -> Picture:
    grows = picture.size < width * PX
    method = cv2.INTER_CUBIC if grows else cv2.INTER_AREA
    sized = cv2.resize(np.ascontiguousarray(picture), (width, PX), interpolation=method)
    return sized.clip(0, 255)


def _as_grey(values: np.ndarray) -> Picture:
    """Values meant for [0, 1] as uint8."""
    return np.rint(np.asarray(values, np.float32).clip(0, 1) * 255).astype(np.uint8)


def _moved(film: Picture, rng: Generator) -> Picture:
    """Turned by up to 15 degrees, shifted, scaled, stretched; outside is black, white or edge."""
    angle = np.radians(rng.uniform(-15, 15))
    zoom = np.exp(rng.uniform(np.log(0.8), np.log(1.2)))
    stretch = np.exp(rng.uniform(-0.12, 0.12))
    cos, sin = np.cos(angle) * zoom, np.sin(angle) * zoom
    turn = np.array([[cos * stretch, -sin], [sin, cos / stretch]])
    centre = np.full(2, (PX - 1) / 2)
    shift = centre + rng.uniform(-0.08, 0.08, 2) * PX - turn @ centre
    return cv2.warpAffine(
        np.ascontiguousarray(film),
        np.column_stack([turn, shift]),
        (PX, PX),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT if rng.random() < 0.7 else cv2.BORDER_REPLICATE,
        borderValue=float(rng.choice([0, 0, 0, 255])),
    )


def _tone(film: Picture, rng: Generator) -> Picture:
    """Contrast, brightness, gamma, sharpness and noise of another detector and its software."""
    if rng.random() < 0.2:
        film = cv2.createCLAHE(rng.uniform(1, 4), (8, 8)).apply(np.ascontiguousarray(film))
    grey = film.astype(np.float32) / 255
    if rng.random() < 0.3:
        grey += rng.uniform(-0.5, 1) * (grey - cv2.GaussianBlur(grey, (0, 0), rng.uniform(2, 12)))
    if rng.random() < 0.5:
        low, high = np.quantile(grey, [rng.uniform(0, 0.05), 1 - rng.uniform(0, 0.05)])
        grey = (grey - low) / max(high - low, 0.1)
    grey = grey.clip(0, 1) ** np.exp(rng.uniform(-0.6, 0.6))
    grey = (grey - 0.5) * rng.uniform(0.45, 1.25) + 0.5 + rng.uniform(-0.2, 0.2)
    if rng.random() < 0.3:
        grey = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.3, 1))
    if rng.random() < 0.2:
        grey = grey + rng.normal(0, rng.uniform(0, 0.04), grey.shape)
    return _as_grey(grey)


def _bordered(film: Picture, rng: Generator) -> Picture:
    """Collimated, or with a rim of one grey, on some of its sides."""
    film = film.copy()
    grey = int(rng.choice(np.array([0, 0, 255, int(rng.integers(0, 256))])))
    for side in range(4):
        if rng.random() < 0.5:
            np.rot90(film, side)[: _share(rng, 0, 0.14)] = grey
    return film


def _lettered(film: Picture, rng: Generator) -> Picture:
    """With words and side markers burned in near the corners."""
    image = Image.fromarray(film)
    for _ in range(rng.integers(1, 4)):
        at = (rng.choice([3, 90]) + rng.uniform(0, 15), rng.choice([3, 105]) + rng.uniform(0, 10))
        font = ImageFont.load_default(int(rng.integers(6, 14)))
        ink = int(rng.choice(np.array([255, 255, 0, 200])))
        ImageDraw.Draw(image).text(at, _word(rng, int(rng.integers(1, 9))), fill=ink, font=font)
    return np.asarray(image)


def _word(rng: Generator, length: int) -> str:
    return "".join(rng.choice(list("abcdeLRAPportable0123456789"), length))
