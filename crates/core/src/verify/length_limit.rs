use std::error::Error;

/// Returns whether a body failed because a limit outside the verifier cut it off, such as
/// tower-http's `RequestBodyLimitLayer`.
pub(crate) fn is_length_limit(error: &(dyn Error + 'static)) -> bool {
    #[cfg(feature = "http")]
    if error.is::<http_body_util::LengthLimitError>() {
        return true;
    }
    #[cfg(feature = "actix")]
    if matches!(error.downcast_ref(), Some(actix_web::error::PayloadError::Overflow)) {
        return true;
    }
    error.source().is_some_and(is_length_limit)
}
