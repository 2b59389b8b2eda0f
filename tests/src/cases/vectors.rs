//! Every published vector, as HTTP/1.1, as HTTP/2 and, where it is rejected, as a gRPC call.
//!
//! HTTP can carry all of them as they are, with one exception: HTTP/2 has no upper case in header
//! names, so there the vector about it is sent in lower case.

use online_contact_test_kit::vectors;

use super::{grpc, http1, http2};
use crate::{Case, Error, Expect, Result, Settings};

pub(super) fn cases() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for vector in vectors::all() {
        if let Some(why) = vector.not_sendable() {
            let name = vector.name;
            return Err(Error::from(format!("HTTP cannot carry the vector {name:?}: {why}")));
        }
        let (name, settings) = (&vector.name, Settings::of(&vector));
        let request = vector.request();
        let expect = if vector.expect == "accepted" {
            Expect::accepted(&request)?
        } else {
            let call = request.clone();
            let expect = Expect::grpc_rejected(&vector.expect)?;
            let case = grpc::call(format!("vector: {name} (gRPC)"), call, expect);
            cases.push(case.under(settings.clone()));
            Expect::rejected(&vector.expect)?
        };
        let case = http1(format!("vector: {name}"), request.whole(), expect.clone());
        cases.push(case.under(settings.clone()));
        let case = http2(format!("vector: {name} (HTTP/2)"), request, expect);
        cases.push(case.under(settings));
    }
    Ok(cases)
}
