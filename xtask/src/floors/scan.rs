//! A small scanner of Rust text: blanks what is not code, and cuts what is compiled for tests only.
//!
//! Blanked bytes become spaces and newlines stay, so a position in the result has the line number of the
//! source. It knows no macros and no types; that is enough for the words and paths the floors look for.

/// The source with comments and the insides of literals blanked.
pub(super) fn blank(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let (end, is_code) = token(bytes, at);
        if !is_code {
            wipe(&mut out[at..end]);
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Blanked code without the items under `#[cfg(test)]`, and how many lines these items take.
pub(super) fn without_tests(code: &str) -> (String, usize) {
    let mut out = code.as_bytes().to_vec();
    let mut lines = 0;
    for (start, end) in test_items(code) {
        lines += code[start..end].matches('\n').count() + 1;
        wipe(&mut out[start..end]);
    }
    (String::from_utf8_lossy(&out).into_owned(), lines)
}

/// The names of modules in files of their own that are declared under `#[cfg(test)]`.
pub(super) fn test_modules(code: &str) -> Vec<&str> {
    test_items(code)
        .into_iter()
        .filter_map(|(start, end)| code[start..end].strip_suffix(';')?.rsplit_once("mod "))
        .map(|(_, name)| name.trim())
        .collect()
}

/// The line number of a position, from 1.
pub(super) fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Positions of `needle` in `code` that are whole words: no part of a longer name, and no macro call.
pub(super) fn words<'a>(code: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = code.as_bytes();
    code.match_indices(needle).map(|(at, _)| at).filter(move |&at| {
        let next = bytes.get(at + needle.len()).copied().unwrap_or(b' ');
        let begins = at == 0 || !is_name(bytes[at - 1]);
        let ends = needle.ends_with(':') || (!is_name(next) && next != b'!');
        begins && ends
    })
}

/// Whether a byte can stand in a name; all of a non-ASCII letter can.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn wipe(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

/// The end of the token at `at`, and whether it is code.
fn token(bytes: &[u8], at: usize) -> (usize, bool) {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        (at + rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()), false)
    } else if rest.starts_with(b"/*") {
        (at + block_comment(rest), false)
    } else if rest[0] == b'"' {
        (at + quoted(rest, b'"'), false)
    } else if rest[0] == b'\'' {
        character(rest).map_or((at + 1, true), |length| (at + length, false))
    } else if is_name(rest[0]) {
        let name = rest.iter().position(|&byte| !is_name(byte)).unwrap_or(rest.len());
        match raw_string(&rest[..name], &rest[name..]) {
            Some(length) => (at + name + length, false),
            None => (at + name, true),
        }
    } else {
        (at + 1, true)
    }
}

/// The length of a block comment; these nest.
fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let step = match &rest[at..] {
            [b'/', b'*', ..] => 1,
            [b'*', b'/', ..] => -1,
            _ => 0,
        };
        depth = depth.saturating_add_signed(step);
        at += if step == 0 { 1 } else { 2 };
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of a literal from its opening quote to its closing one.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    rest.len().min(at + 1)
}

/// The length of a character literal; a lifetime is none.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return Some(quoted(rest, b'\''));
    }
    // One character of up to four bytes stands between the quotes.
    let width = 1 + rest.get(2..)?.iter().take_while(|&&byte| byte & 0xC0 == 0x80).count();
    (rest.get(width + 1) == Some(&b'\'')).then_some(width + 2)
}

/// The length of what follows the prefix of a raw string, if it is one and no raw name (`r#type`).
fn raw_string(prefix: &[u8], rest: &[u8]) -> Option<usize> {
    if !matches!(prefix, b"r" | b"br" | b"cr") {
        return None;
    }
    let hashes = rest.iter().take_while(|&&byte| byte == b'#').count();
    if rest.get(hashes) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let body = &rest[hashes + 1..];
    let end = body.windows(close.len()).position(|window| window == close).unwrap_or(body.len());
    Some(rest.len().min(hashes + 1 + end + close.len()))
}

/// Where the items under `#[cfg(test)]` begin and end.
fn test_items(code: &str) -> Vec<(usize, usize)> {
    let mut items: Vec<(usize, usize)> = Vec::new();
    for (start, mark) in code.match_indices("#[cfg(test)]").chain(code.match_indices("#[cfg(all(test")) {
        // An attribute inside of an item that is cut already goes with it.
        if items.iter().all(|&(from, to)| start < from || start >= to) {
            items.push((start, item_end(code.as_bytes(), start + mark.len())));
        }
    }
    items
}

/// The end of the item that starts at `at`: its `;`, its closing brace, or the end of what holds it.
fn item_end(code: &[u8], at: usize) -> usize {
    let mut depth = 0_i32;
    for (offset, byte) in code[at..].iter().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return at + offset;
        }
        if depth == 0 && matches!(byte, b';' | b'}') {
            return at + offset + 1;
        }
    }
    code.len()
}

#[cfg(test)]
mod tests;
