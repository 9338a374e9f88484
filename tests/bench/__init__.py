"""Measurements, printed as tables; nothing here is asserted. `make bench` runs them."""
