"""Studies and benchmarks: they print tables and write `var/bench/NAME.json`; nothing here is asserted."""
