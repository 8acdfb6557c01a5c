"""An hour under load: does anything grow that should not, get slower, or get lost?"""
