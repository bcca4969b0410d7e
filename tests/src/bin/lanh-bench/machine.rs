//! What else the machine did meanwhile.

use crate::Figure;
use std::fs;

/// Load and processor time at one moment.
pub(crate) struct State {
    /// Runnable programs, averaged over the last minute.
    load: f64,
    /// Processor time in ticks: all of it, and what other guests of the host took.
    total: f64,
    stolen: f64,
}

impl State {
    pub(crate) fn now() -> Self {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        // user nice system idle iowait irq softirq steal; guest time is part of user already.
        let ticks: Vec<f64> = stat
            .lines()
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .skip(1)
            .take(8)
            .filter_map(|field| field.parse().ok())
            .collect();
        Self {
            load: load.split_whitespace().next().and_then(|field| field.parse().ok()).unwrap_or_default(),
            total: ticks.iter().sum(),
            stolen: ticks.get(7).copied().unwrap_or_default(),
        }
    }

    pub(crate) fn figures_until(&self, after: &Self) -> [Figure; 3] {
        let total = (after.total - self.total).max(1.0);
        [
            Figure { name: "load_before", value: self.load, unit: "programs" },
            Figure { name: "load_after", value: after.load, unit: "programs" },
            Figure { name: "cpu_steal", value: 100.0 * (after.stolen - self.stolen) / total, unit: "%" },
        ]
    }
}
