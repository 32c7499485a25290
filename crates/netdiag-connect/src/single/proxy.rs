//! Proxies that programs would obey, as the environment names them.

use netdiag_model::event::{Notice, NoticeCode};
use netdiag_tool::Proxy;

use crate::endpoint::Endpoint;
use crate::look::Page;

/// A proxy that programs would obey is mentioned: they do not connect as this tool does.
pub(super) fn show(page: &mut Page<'_>, endpoint: &Endpoint, proxies: &[Proxy]) {
    let is_exempt = |proxy: &&Proxy| proxy.variable.eq_ignore_ascii_case("no_proxy");
    let exempt = proxies.iter().filter(is_exempt).any(|proxy| is_in(&proxy.value, &endpoint.label));
    let used: Vec<String> = proxies
        .iter()
        .filter(|proxy| !is_exempt(proxy))
        .map(|proxy| format!("{}={}", proxy.variable, netdiag_tool::Escaped(&masked(&proxy.value))))
        .collect();
    if used.is_empty() || exempt || page.is_quiet() {
        return;
    }
    let message = format!(
        "{} is set: programs that obey it (curl, pip, …) go through that proxy; this tool connects directly",
        used.join(", ")
    );
    page.notice(&Notice { code: NoticeCode::Proxy, message });
}

/// A proxy's address without the name and password that may stand in it.
fn masked(value: &str) -> String {
    match (value.rsplit_once('@'), value.split_once("://")) {
        (Some((_, host)), Some((scheme, _))) => format!("{scheme}://***@{host}"),
        (Some((_, host)), None) => format!("***@{host}"),
        (None, _) => value.to_owned(),
    }
}

/// Whether a list such as `localhost,.example.com` names the host.
fn is_in(list: &str, host: &str) -> bool {
    list.split(',').map(str::trim).filter(|item| !item.is_empty()).any(|item| {
        let suffix = item.strip_prefix("*.").or_else(|| item.strip_prefix('.')).unwrap_or(item);
        let is_below = host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        item == "*" || is_below
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_go_without_a_proxy() {
        assert!(is_in("localhost, .example.com", "www.example.com"));
        assert!(is_in("example.com", "www.example.com") && is_in("*", "x"));
        assert!(!is_in("example.com", "badexample.com") && !is_in("", "x"));
    }
}
