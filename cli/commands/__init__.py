"""The commands as they are typed: names, options and help. Each calls one function of the modules beside this package.

Those modules are imported inside the commands: torch takes seconds, and `hamlet login` should not wait for it.
"""
