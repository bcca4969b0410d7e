//! What else the machine did meanwhile.

use crate::Figure;
use std::fs;

/// Others may use so much of the processors before a measurement of time says more about them, in percent.
pub(crate) const QUIET: f64 = 5.0;

/// Load and processor time at one moment.
pub(crate) struct State {
    /// Runnable programs, averaged over the last minute.
    load: f64,
    /// Processor time in ticks: all of it, what was used, what other guests of the host took, and what this
    /// program and its children that have ended used.
    total: f64,
    busy: f64,
    stolen: f64,
    own: f64,
}

impl State {
    pub(crate) fn now() -> Self {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        // user nice system idle iowait irq softirq steal; guest time is part of user already.
        let ticks = numbers(stat.lines().next().unwrap_or_default(), 1, 8);
        let at = |place: usize| ticks.get(place).copied().unwrap_or_default();
        let total: f64 = ticks.iter().sum();
        let own = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        // After the name, which may hold anything: user, system, and the same of children.
        let own = own.rsplit(')').next().map(|rest| numbers(rest, 11, 4)).unwrap_or_default();
        Self {
            load: numbers(&load, 0, 1).first().copied().unwrap_or_default(),
            total,
            busy: total - at(3) - at(4),
            stolen: at(7),
            own: own.iter().sum(),
        }
    }

    /// What others used of the processors until `after`, in percent; other guests of the host count.
    pub(crate) fn others_until(&self, after: &Self) -> f64 {
        let total = (after.total - self.total).max(1.0);
        let others = (after.busy - self.busy) - (after.own - self.own);
        100.0 * others.max(0.0) / total
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

fn numbers(text: &str, skip: usize, count: usize) -> Vec<f64> {
    text.split_whitespace().skip(skip).take(count).filter_map(|field| field.parse().ok()).collect()
}
