"""Statistics of human judgments: numpy arrays in, frozen dataclasses out.

Knows no framework and no database. What an agreement is measured over is a *unit*; what a ranking ranks is a
*competitor*; both are integer codes, so that the package serves any science.
"""
