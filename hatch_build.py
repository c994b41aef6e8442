"""Metadata that depend on where the project is published: its links, and those of README.md.

    TRADETRACK_ADDRESS=https://HOST/OWNER/tradetrack python -m hatchling build

On a package index there are no files beside README.md, so its links are made absolute. Without an
address, as in a clone, the picture goes and the links become plain words.
"""

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

MARKER = re.compile(r"<!-- \w+ -->\n+")
PICTURE = re.compile(r"!\[([^]]*)\]\((?!https?:)([^)]*)\)\n+")
LINK = re.compile(r"(?<!!)\[([^]]+)\]\((?!https?:)([^)]*)\)")


def readme(text: str, address: str) -> str:
    """Rewrite README.md for a package index."""
    text = MARKER.sub("", text)
    if not address:
        return LINK.sub(r"\1", PICTURE.sub("", text))
    text = LINK.sub(rf"[\1]({address}/blob/main/\2)", text)
    return PICTURE.sub(rf"![\1]({address}/raw/main/\2)\n\n", text)


def urls(address: str) -> dict[str, str]:
    """Name the pages of the project."""
    pages = {
        "Documentation": "/blob/main/docs/tutorial.md",
        "Source": "",
        "Issues": "/issues",
        "Changelog": "/blob/main/CHANGELOG.md",
    }
    return {name: address + page for name, page in pages.items()} if address else {}


class PublishedMetadata(MetadataHookInterface):
    """Sets the dynamic fields ``readme`` and ``urls``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in what the address of the project decides."""
        address = os.environ.get("TRADETRACK_ADDRESS", "").rstrip("/")
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": readme(text, address)}
        metadata["urls"] = urls(address)
