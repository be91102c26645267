"""Pictures as the browser gets them."""

import io

import numpy as np
from PIL import Image

from core.maps import colours
from ui.shared import drawing


def test_a_box_lands_where_it_should_on_a_film_that_is_not_square():
    grey = np.zeros((512, 256), np.uint8)
    picture = drawing.draw_boxes(grey, [(512, 256, 256, 512)])
    drawn = np.argwhere((picture == drawing.BOX_COLOUR).all(axis=2))
    assert drawn.min(axis=0).tolist() == [128, 128]
    assert drawn.max(axis=0).tolist() == [383, 191]
    assert (picture[200, 150] == 0).all(), "only the outline is drawn"


def test_no_boxes_is_the_plain_film_in_rgb():
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)
    assert (drawing.draw_boxes(grey, []) == grey[..., None]).all()


def test_png_keeps_the_transparency():
    layer = colours.layer(np.array([[0.0, 0.5, 1.0]]))
    again = np.asarray(Image.open(io.BytesIO(drawing.png(layer))))
    assert (again == layer).all()
    assert again[0, :, 3].tolist() == [0, 128, 255]


def test_jpeg_keeps_size_and_greys():
    grey = np.full((40, 60), 90, np.uint8)
    again = np.asarray(Image.open(io.BytesIO(drawing.jpeg(grey))))
    assert again.shape == (40, 60)
    assert abs(again.astype(int) - 90).max() <= 1
