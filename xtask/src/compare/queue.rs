//! Measurements in laboratories, several at once: most of a measurement is waiting for answers that do not come.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

/// How many are under way at once.
const AT_ONCE: usize = 8;

/// Measures each cell, and gives the results back in the order of the cells.
pub(super) fn measure<C: Copy + Send, R: Send>(
    cells: &[C],
    measure: impl Fn(C) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let queue: Mutex<VecDeque<(usize, C)>> = Mutex::new(cells.iter().copied().enumerate().collect());
    let work = || -> Result<Vec<(usize, R)>> {
        let mut results = Vec::new();
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((at, cell)) = next else { return Ok(results) };
            results.push((at, measure(cell)?));
        }
    };
    let mut results = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let mut results = Vec::new();
        for worker in workers {
            results.extend(worker.join().map_err(|_| anyhow::anyhow!("a measurement broke off"))??);
        }
        anyhow::Ok(results)
    })?;
    results.sort_unstable_by_key(|(at, _)| *at);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::measure;

    #[test]
    fn results_come_in_the_order_of_the_cells() {
        let numbers: Vec<u32> = (0..50).collect();
        let doubled = measure(&numbers, |number| Ok(number * 2));
        assert!(
            doubled
                .is_ok_and(|doubled| doubled.iter().zip(0..).all(|(double, number)| *double == number * 2))
        );
        let failed =
            measure(&numbers, |number| if number == 7 { anyhow::bail!("seven") } else { Ok(number) });
        assert!(failed.is_err());
    }
}
