//! What two outputs have to have in common: every line to the second one of the summary, but for times.

use std::fmt::Write;

/// The lines up to and including the second summary line, times replaced by `T`.
pub(crate) fn classic(stdout: &str) -> Vec<String> {
    let lines: Vec<&str> = stdout.split('\n').collect();
    let end = lines.iter().position(|line| line.ends_with(" ping statistics ---"));
    let last = end.map_or(lines.len(), |end| (end + 3).min(lines.len()));
    lines[..last].iter().map(|line| without_times(line)).collect()
}

/// A line without its times: stamps, round trips, totals, spreads, gaps. `pipe N` goes as well, which depends on how
/// busy the machine is; `endings::pipe_is_counted` holds it.
fn without_times(line: &str) -> String {
    let mut line = match line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((stamp, rest)) if is_number(stamp) => format!("[T] {rest}"),
        _ => line.to_owned(),
    };
    for (before, after) in [
        ("time=", " ms"),
        ("packet loss, time ", "ms"),
        ("rtt min/avg/max/mdev = ", " ms"),
        ("ipg/ewma ", " ms"),
        ("min/avg/ewma/max = ", " ms"),
    ] {
        line = cut(&line, before, after);
    }
    match line.split_once("pipe ") {
        Some((head, rest)) => {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(", ");
            format!("{head}{rest}").trim_end_matches(", ").to_owned()
        }
        None => line,
    }
}

/// Replaces the numbers between two words by `T`.
fn cut(line: &str, before: &str, after: &str) -> String {
    let replaced = line.split_once(before).and_then(|(head, rest)| {
        let (times, tail) = rest.split_once(after)?;
        times.split('/').all(is_number).then(|| format!("{head}{before}T{after}{tail}"))
    });
    replaced.unwrap_or_else(|| line.to_owned())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Where two texts differ, line by line; empty where they do not.
pub(crate) fn differences(theirs: &[String], ours: &[String]) -> String {
    let mut text = String::new();
    for index in 0..theirs.len().max(ours.len()) {
        let [one, other] = [theirs, ours].map(|lines| lines.get(index).map_or("(no line)", String::as_str));
        if one != other {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "line {}:\n  iputils {one:?}\n  netdiag {other:?}", index + 1);
        }
    }
    text
}
