//! Paired timing: candidates take turns, so that a drift of the machine meets all of them alike.
//!
//! Medians, not means: a single run that the scheduler held up says nothing about a program.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

/// The median run time of each command in milliseconds, process creation included.
pub(super) fn alternating(commands: &mut [Command], runs: usize) -> Result<Vec<f64>> {
    let mut times = vec![Vec::with_capacity(runs); commands.len()];
    // The first round only warms the page cache.
    for round in 0..=runs {
        for (command, times) in commands.iter_mut().zip(&mut times) {
            let elapsed = once(command)?;
            if round > 0 {
                times.push(elapsed);
            }
        }
    }
    Ok(times.into_iter().map(median).collect())
}

fn once(command: &mut Command) -> Result<f64> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().with_context(|| format!("running {}", command.get_program().display()))?;
    let elapsed = start.elapsed();
    ensure!(status.success(), "{} ended with {status}", command.get_program().display());
    Ok(elapsed.as_secs_f64() * 1e3)
}

/// The middle value; of an even number, the mean of the middle two.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::{alternating, median};
    use std::process::Command;

    #[test]
    fn medians_are_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_command_that_fails_is_no_measurement() {
        let mut commands = [Command::new("true"), Command::new("false")];
        assert!(alternating(&mut commands[..1], 3).is_ok_and(|times| times.len() == 1));
        assert!(alternating(&mut commands, 1).is_err());
    }
}
