//! What a run of a program took: each figure moves with what the program does, and the output is its own.
//!
//! Only lower bounds: how much more than its due a program takes is up to the machine.

use std::time::Duration;

use netdiag_lab::{Lab, Usage};

use crate::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(output_and_exit_code_are_the_programs),
    case!(memory_is_that_of_the_program),
    case!(time_is_waited_and_worked),
    case!(rights_are_the_programs),
    case!(a_program_that_is_not_there_is_an_error),
];

fn usage(script: &str) -> Result<Usage, libtest_mimic::Failed> {
    let lab = Lab::new("usage")?;
    let (output, usage) = lab.node("only")?.command("sh").args(["-c", script]).measure()?;
    check(output.status.success(), || format!("{output:?}"))?;
    Ok(usage)
}

fn output_and_exit_code_are_the_programs() -> Tested {
    let lab = Lab::new("usage")?;
    let command = lab.node("only")?.command("sh").env("WORD", "told");
    let (output, _) = command.args(["-c", "echo $WORD; echo wrong >&2; exit 3"]).measure()?;
    check(output.stdout == "told\n" && output.stderr == "wrong\n", || format!("{output:?}"))?;
    check(output.code() == Some(3), || format!("{output:?}"))
}

fn memory_is_that_of_the_program() -> Tested {
    const OCTETS: u64 = 50_000_000;
    let little = usage(":")?.peak_memory;
    let much = usage(&format!("x=$(head -c {OCTETS} /dev/zero | tr '\\0' x); : $x"))?.peak_memory;
    check(little > 0 && little < OCTETS && much > OCTETS, || format!("{little} and {much}"))
}

fn time_is_waited_and_worked() -> Tested {
    let idle = usage("sleep 0.05")?;
    check(idle.wall >= Duration::from_millis(50), || format!("{idle:?}"))?;
    let busy = usage("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done")?;
    let cpu = |usage: Usage| usage.user + usage.system;
    check(cpu(busy) > cpu(idle) && cpu(busy) > Duration::from_millis(20), || format!("{idle:?} {busy:?}"))
}

fn rights_are_the_programs() -> Tested {
    let lab = Lab::new("usage")?;
    let command = lab.node("only")?.command("grep").args(["CapEff", "/proc/self/status"]);
    let (output, _) = command.clone().unprivileged().measure()?;
    check(output.stdout == "CapEff:\t0000000000000000\n", || format!("{output:?}"))?;
    let (output, _) = command.measure()?;
    check(!output.stdout.ends_with("\t0000000000000000\n"), || format!("{output:?}"))
}

fn a_program_that_is_not_there_is_an_error() -> Tested {
    let lab = Lab::new("usage")?;
    let result = lab.node("only")?.command("/no/such/program").measure();
    check(matches!(&result, Err(error) if error.to_string().contains("/no/such/program")), || {
        format!("{result:?}")
    })
}
