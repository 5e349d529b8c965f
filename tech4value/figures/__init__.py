"""Figures that explain themselves, and charts: described once, drawn as SVG or by Plotly."""
