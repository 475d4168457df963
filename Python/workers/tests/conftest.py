from __future__ import annotations

from collections.abc import Iterator

import pytest

from gallery import Gallery


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    gallery = Gallery()
    yield gallery
    gallery.close()
