//! Unary calls.

use super::{BODY, http2};
use crate::expect::grpc_frame;
use crate::{Case, Expect, Need, Request, Result, Settings};

pub(super) fn cases() -> Result<Vec<Case>> {
    let message = "고객 정보".as_bytes();
    let good = signed(message)?;
    let mut tampered = good.clone();
    tampered.body.push(0);
    let long = signed(&vec![b'x'; 2000])?;
    let echo = Expect::grpc_echo(message)?;
    let too_large = call("gRPC, over the limit", long, Expect::grpc_rejected("body_too_large")?);
    Ok(vec![
        call("gRPC, a unary call", good.clone(), echo.clone()),
        call("gRPC, an empty message", signed(b"")?, Expect::grpc_echo(b"")?),
        call("gRPC, tampered", tampered, Expect::grpc_rejected("signature_mismatch")?),
        typed("gRPC, application/grpc+proto", good.clone(), "application/grpc+proto", echo),
        typed(
            "gRPC, Application/gRPC rejected",
            good.without("Authorization"),
            "Application/gRPC",
            Expect::grpc_rejected("authorization_missing")?,
        )
        .needs(Need::GrpcInUpperCase),
        too_large.under(Settings { body_limit: Some(1000), ..Settings::default() }),
        http2(
            "gRPC's neighbor in JSON (HTTP/2)",
            Request::tampered(BODY),
            Expect::rejected("signature_mismatch")?,
        )
        .needs(Need::Grpc),
    ])
}

/// A request as a unary call; headers and body of it are sent as they are.
pub(super) fn call(name: impl Into<String>, request: Request, expect: Expect) -> Case {
    typed(name, request, "application/grpc", expect)
}

fn typed(name: impl Into<String>, request: Request, content_type: &str, expect: Expect) -> Case {
    let request = request.with("content-type", content_type).header("te", "trailers");
    http2(name, request, expect).needs(Need::Grpc)
}

/// A message in gRPC's frame, signed as it is sent.
pub(super) fn signed(message: &[u8]) -> Result<Request> {
    let mut request = Request::signed(grpc_frame(message)?);
    request.target = "/suite.Echo/Any".to_owned();
    Ok(request)
}
