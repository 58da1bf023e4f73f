"""A city of eight cameras to try everything on: generated scenes, two people in public-domain photographs."""
