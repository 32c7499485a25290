//! netdiag ping: echo a host, with jitter, loss and percentiles
