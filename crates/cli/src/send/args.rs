//! The command line of `send`.

use std::path::PathBuf;

use http::header::{HeaderName, HeaderValue};
use url::Url;

use crate::http::HttpArgs;
use crate::lang::Words;
use crate::sign::RequestArgs;
use crate::typed;

const EXAMPLES: &str = "\
Examples:
  online-contact send https://crm.example.com/customer --field callNum=1 --field nation=korea
  online-contact send http://127.0.0.1:3000/customer --body request.json --key-file keys
  online-contact send https://localhost:8443/customer --field callNum=1 --cacert ca.pem --http2
  online-contact send http://127.0.0.1:3000/customer --field callNum=1 --header 'X-Tenant: b' -v
  online-contact send http://127.0.0.1:3000/customer --replay requests/0001.har

In the scheme uri_body_time the path of the URL is signed, without the query.

If the server rejects the request, a capture of it is saved for `explain`.

Exit status:
  0  the response keeps the envelope: 200 with a result, or 400 that reports that there is none
  1  the response breaks the envelope, is a rejection (also one with status 400), 403, 404 or 500,
     broke off, or did not arrive in time
  2  nothing could be sent";

/// The options of `send`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address of the endpoint
    #[arg(value_name = "URL", value_parser = typed::endpoint)]
    pub(super) url: Url,
    #[command(flatten)]
    pub(super) request: RequestArgs,
    /// Capture whose body is sent, newly signed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["body", "fields"])]
    pub(super) replay: Option<PathBuf>,
    /// Send the capture with its own headers and its own signature
    #[arg(long, requires = "replay", conflicts_with_all = ["scheme", "timestamp"])]
    pub(super) as_is: bool,
    /// Header to send, in place of any of this name; may be given several times
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// Folder to save the request and the response in; without it, only a rejected request is saved,
    /// in the folder for temporary files
    #[arg(long, value_name = "DIR")]
    pub(super) save: Option<PathBuf>,
    /// Show the request too
    #[arg(long, short)]
    pub(super) verbose: bool,
    #[command(flatten)]
    pub(super) http: HttpArgs,
}

/// Reads the value of `--header`.
fn header(text: &str) -> Result<(HeaderName, HeaderValue), Words> {
    let expected = |fault: &str| {
        Words::new(
            format!("{fault}expected 'NAME: VALUE'"),
            format!("{fault}'이름: 값'의 형식이어야 합니다"),
        )
    };
    let (name, value) = text.split_once(':').ok_or_else(|| expected(""))?;
    let name = name.trim().parse();
    let name = name.map_err(|error| expected(&format!("{error}: ")))?;
    let value = HeaderValue::try_from(value.trim());
    let value = value.map_err(|error| expected(&format!("{error}: ")))?;
    Ok((name, value))
}
