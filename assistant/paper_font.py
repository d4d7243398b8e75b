"""The Chinese font of the exported papers."""

from knowledge.paper_font import font_with

__all__ = ["font_with"]
