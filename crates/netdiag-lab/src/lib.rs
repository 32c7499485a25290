//! Laboratories of real kernels in network namespaces, for tests and benches
