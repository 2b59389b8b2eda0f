use crate::rejection::grpc::{is_grpc, is_grpc_web};

/// A format of rejections.
///
/// ```
/// use online_contact::RejectionFormat;
///
/// let content_type = Some(&b"application/grpc+proto"[..]);
/// assert_eq!(RejectionFormat::of(content_type, true, false), RejectionFormat::Grpc);
/// // A client cannot choose a gRPC response, whose status is 200, over HTTP/1.
/// assert_eq!(RejectionFormat::of(content_type, false, false), RejectionFormat::Json);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RejectionFormat {
    /// The JSON envelope.
    Json,
    /// A trailers-only gRPC response.
    Grpc,
    /// A trailers-only gRPC-Web response, in the content type of the request.
    GrpcWeb,
}

impl RejectionFormat {
    /// Returns the format for a request with this `Content-Type`.
    ///
    /// gRPC needs HTTP/2 or a later version, and gRPC-Web a layer that stands in front of a gRPC-Web
    /// service. Every other request gets JSON.
    #[must_use]
    pub fn of(content_type: Option<&[u8]>, is_http2: bool, fronts_grpc_web: bool) -> Self {
        if is_http2 && is_grpc(content_type) {
            Self::Grpc
        } else if fronts_grpc_web && is_grpc_web(content_type) {
            Self::GrpcWeb
        } else {
            Self::Json
        }
    }
}
