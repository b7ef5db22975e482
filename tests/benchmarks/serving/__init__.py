"""How many judgments a second the desk takes, and at what cost: the parts of bench_serve."""
