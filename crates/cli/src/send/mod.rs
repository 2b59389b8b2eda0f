//! `online-contact send`: a signed request, and what becomes of it.

mod answer;
mod json;
mod text;

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use online_contact::{ENVELOPE_CONTENT_TYPE as JSON_TYPE, TIMESTAMP_HEADER};
use reqwest::Request;
use url::Url;

use self::answer::Judged;
use crate::context::Context;
use crate::http::{Client, HttpArgs};
use crate::lang::{Lang, Words};
use crate::outcome::{Outcome, Problem};
use crate::sign::{RequestArgs, Signed};
use crate::typed;

const EXAMPLES: &str = "\
Examples:
  online-contact send https://crm.example.com/customer --field callNum=1 --field nation=korea
  online-contact send http://127.0.0.1:3000/customer --body request.json --key-file keys
  online-contact send https://localhost:8443/customer --field callNum=1 --cacert ca.pem --http2
  online-contact send http://127.0.0.1:3000/customer --field callNum=1 --header 'X-Tenant: b'

In the scheme uri_body_time the path of the URL is signed, without the query.

Exit status:
  0  the answer keeps the contract: 200 with a result, or 400 that says there is none
  1  the answer breaks it, is a rejection (also one that comes as 400), 403, 404 or 500, broke off, or
     did not come in time
  2  nothing could be sent";

/// What `send` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address of the endpoint
    #[arg(value_name = "URL", value_parser = typed::endpoint)]
    url: Url,
    #[command(flatten)]
    request: RequestArgs,
    /// Header to send, in place of any of this name; may be given several times
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    #[command(flatten)]
    http: HttpArgs,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let client = Client::new(&args.http, context)?;
    let signed = args.request.sign(args.url.path(), context)?;
    let request = request(&args, &signed, context.lang)?;
    let judged = match client.execute(request, &signed.secrets).await {
        Ok(answer) => Judged::new(answer, context.lang),
        Err(error) if error.is_servers_fault() => {
            tell_failure(&args.url, &signed, &error.explain(context.lang), context)?;
            return Ok(Outcome::Finding);
        }
        Err(error) => return Err(Problem::new(error.explain(context.lang))),
    };
    if context.json {
        context.print_json(&json::of(&args.url, &signed, &judged))?;
    } else {
        context.print(text::of(&judged, context.lang))?;
    }
    Ok(judged.outcome())
}

fn tell_failure(url: &Url, signed: &Signed, why: &str, cx: &Context) -> Result<(), Problem> {
    if cx.json {
        cx.print_json(&json::of_failure(url, signed, why))
    } else {
        cx.print(text::of_failure(why, cx.lang))
    }
}

fn request(args: &Args, signed: &Signed, lang: Lang) -> Result<Request, Problem> {
    let mut request = Request::new(Method::POST, args.url.clone());
    *request.headers_mut() = headers(args, signed, lang)?;
    *request.body_mut() = Some(signed.body.clone().into());
    Ok(request)
}

fn headers(args: &Args, signed: &Signed, lang: Lang) -> Result<HeaderMap, Problem> {
    let mut authorization = HeaderValue::try_from(&signed.authorization).map_err(|error| {
        Problem::new(lang.pick("can't set the signature", "서명을 설정할 수 없습니다"))
            .source(error)
    })?;
    // Keeps it out of `Debug` and of HTTP/2's header tables.
    authorization.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON_TYPE));
    headers.insert(HeaderName::from_static(TIMESTAMP_HEADER), signed.timestamp.as_millis().into());
    headers.insert(AUTHORIZATION, authorization);
    for (name, _) in &args.headers {
        headers.remove(name);
    }
    for (name, value) in &args.headers {
        headers.append(name, value.clone());
    }
    Ok(headers)
}

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
