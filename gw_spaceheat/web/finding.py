"""Finds the pages in `pages/`."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from gw_spaceheat.web.site import Asked, Site


@dataclass(frozen=True, slots=True)
class About:
    """A page.

    Attributes:
        path: Its address.
        name: What it is called.
        order: Its place in the menu; 0 if it does not stand there.
    """

    path: str
    name: str
    order: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what it can do; see `pages/README.md`."""

    about: About
    layout: Callable[[Site, Asked], Any]
    register: Callable[[Any, Site], None] | None
    live: Callable[[Site, Asked], Mapping[str, str]] | None


def find_pages(folder: Path = Path(__file__).parent / "pages") -> tuple[Page, ...]:
    """All pages in the order of the menu."""
    names = (module.name for module in pkgutil.iter_modules([str(folder)]) if not module.name.startswith("_"))
    pages = [_page(importlib.import_module(f"gw_spaceheat.web.pages.{name}")) for name in names]
    return tuple(sorted(pages, key=lambda page: page.about.order))


def _page(module: ModuleType) -> Page:
    return Page(module.ABOUT, module.layout, getattr(module, "register", None), getattr(module, "live", None))
