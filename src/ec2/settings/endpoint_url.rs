//! The URLs of EC2 and STS: `--endpoint-url`, `AWS_ENDPOINT_URL_EC2`, `AWS_ENDPOINT_URL`, the
//! profile's `services` section and its `endpoint_url`, in this order, or else AWS's own.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use hyper::Uri;

use crate::ec2::error::Ec2Error;
use crate::ec2::http::{Http, Trust};
use crate::ec2::profile::Profiles;
use crate::environment::variable;

/// The endpoint URLs that are set; `None` for AWS's own.
#[derive(Clone, Debug)]
pub(super) struct EndpointUrls {
    pub ec2: Option<String>,
    pub sts: Option<String>,
}

impl EndpointUrls {
    /// The URLs that the flag, the environment and the profile set.
    pub fn find(
        flag: Option<&str>,
        profiles: &Profiles,
        sdk: &SdkConfig,
    ) -> Result<Self, Ec2Error> {
        let ec2 = match flag {
            Some(url) => Some(checked(url, "--endpoint-url")?),
            None => configured(profiles, sdk, "EC2")?,
        };
        let sts = match (&ec2, variable("AWS_ENDPOINT_URL_STS")) {
            // Dummy keys for a simulated EC2 must not be sent to AWS's STS.
            (Some(ec2), None) => Some(ec2.clone()),
            _ => configured(profiles, sdk, "STS")?,
        };
        Ok(Self { ec2, sts })
    }

    /// One URL for both.
    pub fn one_for_both(url: Option<&str>) -> Result<Self, Ec2Error> {
        let url = url
            .map(|url| checked(url, "the demo's endpoint"))
            .transpose()?;
        Ok(Self {
            ec2: url.clone(),
            sts: url,
        })
    }

    /// The HTTP client for these URLs: without a proxy on this machine, and without certificates if
    /// none are needed.
    pub fn http(&self, trust: Trust) -> Http {
        let urls = [&self.ec2, &self.sts];
        let all = |test: fn(&Uri) -> bool| {
            urls.iter().all(|url| {
                let uri = url.as_ref().and_then(|url| url.parse().ok());
                uri.is_some_and(|uri| test(&uri))
            })
        };
        let trust = if all(|uri| uri.scheme_str() == Some("http")) {
            Trust::NotNeeded
        } else {
            trust
        };
        if all(is_loopback) {
            Http::direct(trust)
        } else {
            Http::with_environment_proxy(trust)
        }
    }
}

/// The variables are read here because the SDK treats an empty one as a URL and ignores those after
/// it: a cancel meant for a simulated EC2 would go to AWS.
fn configured(
    profiles: &Profiles,
    sdk: &SdkConfig,
    service: &str,
) -> Result<Option<String>, Ec2Error> {
    let ignores = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    let ignores = ignores
        .as_deref()
        .or(profiles.get("ignore_configured_endpoint_urls"));
    if ignores.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    for key in [&format!("AWS_ENDPOINT_URL_{service}"), "AWS_ENDPOINT_URL"] {
        if let Some(url) = variable(key) {
            return checked(&url, key).map(Some);
        }
    }
    let key = ServiceConfigKey::builder()
        .service_id(service)
        .env("BUNDLETOP_READS_THE_VARIABLES_ITSELF")
        .profile("endpoint_url")
        .build()
        .expect("all three parts are given");
    sdk.service_config()
        .and_then(|config| config.load_config(key))
        .filter(|url| !url.is_empty())
        .map(|url| checked(&url, "the profile's endpoint_url"))
        .transpose()
}

fn checked(url: &str, source: &str) -> Result<String, Ec2Error> {
    let bad = |why: &str| {
        Ec2Error::bad_settings(format!("The endpoint URL ({source}) {why}: \"{url}\"."))
            .with_remedy(
                "Give a URL such as http://127.0.0.1:4599 or https://ec2.us-east-1.amazonaws.com.",
            )
    };
    let uri: Uri = url.parse().map_err(|_| bad("is not a URL"))?;
    match uri.scheme_str() {
        Some("http" | "https") => {}
        _ => return Err(bad("does not begin with http:// or https://")),
    }
    let authority = uri.authority().ok_or_else(|| bad("names no host"))?;
    if authority.as_str().contains('@') {
        // The URL is not shown, because the part before the @ may be a password.
        return Err(Ec2Error::bad_settings(format!(
            "The endpoint URL ({source}) has a user name or password in it, which EC2 does not use."
        )));
    }
    let port = &authority.as_str()[authority.host().len()..];
    if authority.host().is_empty() || (!port.is_empty() && authority.port_u16().is_none()) {
        return Err(bad("has no usable host and port"));
    }
    if uri.query().is_some() {
        return Err(bad("has a query, which an endpoint cannot have"));
    }
    Ok(url.to_owned())
}

fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<std::net::IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}
