//! The probe engine: a sans-IO prober, its strategies, the ports it needs and a small driver
