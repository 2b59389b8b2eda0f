//! The format that a request was read from, and remarks on what was taken from where.

use crate::lang::Words;

/// The origin of a captured request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    /// The id of the format, such as `curl_command`.
    pub(crate) format: &'static str,
    /// Remarks on the origin of the parts, and on what the format does not keep.
    pub(crate) remarks: Vec<Words>,
    /// The capture has the body as a parsed value, so its bytes are not known.
    pub(crate) parsed_body: bool,
    /// The program that wrote the capture leaves `Authorization` out.
    pub(crate) omits_authorization: bool,
}

impl Source {
    pub(super) fn remark(&mut self, en: impl Into<String>, ko: impl Into<String>) {
        self.remarks.push(Words::new(en.into(), ko.into()));
    }
}
