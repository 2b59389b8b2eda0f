//! Parsers of values that several subcommands take.

use std::net::IpAddr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use online_contact::{Scheme, Timestamp};
use url::{Host, Url};

use crate::lang::Words;

/// Parses the URL of an endpoint.
pub(crate) fn endpoint(text: &str) -> Result<Url, Words> {
    let url = Url::parse(text.trim()).map_err(|error| {
        Words::new(
            format!("{error}: expected a full URL such as https://crm.example.com/customer"),
            format!("URL이 아닙니다({error}). https://crm.example.com/customer처럼 적으십시오"),
        )
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        let scheme = url.scheme();
        return Err(Words::new(
            format!("scheme {scheme}: expected http or https"),
            format!("스킴이 {scheme}입니다. http나 https여야 합니다"),
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Words::fixed(
            "user name or password in the URL: the header Authorization carries the signature",
            "URL에 사용자 이름이나 비밀번호를 넣지 마십시오. Authorization에는 서명이 들어갑니다",
        ));
    }
    Ok(url)
}

/// Returns whether a URL is of this machine; `None` for a name that must be resolved first.
pub(crate) fn is_loopback(url: &Url) -> Option<bool> {
    match url.host()? {
        Host::Ipv4(ip) => Some(is_loopback_ip(ip.into())),
        Host::Ipv6(ip) => Some(is_loopback_ip(ip.into())),
        Host::Domain(_) => None,
    }
}

/// Returns whether a URL is of this machine, which every machine calls `localhost`.
pub(crate) fn is_local(url: &Url) -> bool {
    is_loopback(url).unwrap_or_else(|| url.domain() == Some("localhost"))
}

/// Returns whether an address is of this machine, also as an IPv4 address within an IPv6 address.
pub(crate) fn is_loopback_ip(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

/// Parses a lookup field.
pub(crate) fn field(text: &str) -> Result<(String, String), Words> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Words::fixed(
            "expected NAME=VALUE, such as callNum=1",
            "callNum=1처럼 이름=값의 형식이어야 합니다",
        )),
    }
}

pub(crate) fn scheme() -> impl TypedValueParser<Value = Scheme> {
    let names = [Scheme::BodyTime, Scheme::UriBodyTime].map(Scheme::as_str);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Scheme>())
}

/// Parses a timestamp as the header has it.
pub(crate) fn timestamp(text: &str) -> Result<Timestamp, Words> {
    text.parse::<Timestamp>().map_err(|error| {
        Words::new(error.to_string(), "1970년부터의 밀리초를 10진수 숫자로 적으십시오")
    })
}

/// Returns a parser of seconds, from a minimum to one hour.
pub(crate) fn seconds(
    least: f64,
) -> impl Fn(&str) -> Result<Duration, Words> + Clone + Send + Sync + 'static {
    move |text| {
        let seconds = text.parse().ok().filter(|seconds| (least..=3600.0).contains(seconds));
        seconds.map(Duration::from_secs_f64).ok_or_else(|| {
            Words::new(
                format!("expected seconds, from {least} to 3600"),
                format!("{least}부터 3600까지의 초여야 합니다"),
            )
        })
    }
}
