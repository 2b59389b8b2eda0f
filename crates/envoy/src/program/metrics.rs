use std::net::SocketAddr;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

const AGE_SECONDS: &[f64] =
    &[-300.0, -60.0, -10.0, -1.0, 0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];
const BODY_BYTES: &[f64] = &[64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0];

/// Serves the metrics of the verifier on a port of their own.
pub(crate) fn serve(address: SocketAddr) -> Result<(), super::BoxError> {
    install(address)
        .map_err(|error| format!("metrics cannot be served on {address}: {error}").into())
}

fn install(address: SocketAddr) -> Result<(), BuildError> {
    let ages = Matcher::Full("online_contact_timestamp_age_seconds".to_owned());
    let lengths = Matcher::Full("online_contact_body_bytes".to_owned());
    PrometheusBuilder::new()
        .with_http_listener(address)
        .set_buckets_for_metric(ages, AGE_SECONDS)?
        .set_buckets_for_metric(lengths, BODY_BYTES)?
        .install()
}
