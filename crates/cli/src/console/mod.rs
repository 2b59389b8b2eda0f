//! `online-contact console`: a local web page that is the agent's panel, for developers.
//!
//! The page talks to this process only, and this process sends signed lookups to the URL in the
//! settings and nothing else to nowhere else. [`door`] says who may come in.

mod api;
mod assets;
mod body;
mod browser;
mod complaint;
mod door;
mod findings;
mod json;
mod keys;
mod listen;
mod lookup;
mod settings;
mod settings_check;
mod settings_file;
mod token;
mod view;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use crate::context::Context;
use crate::http::{Client, HttpArgs};
use crate::key::KeyArgs;
use crate::outcome::{Outcome, Problem};

use self::api::Console;
use self::door::Door;
use self::keys::Keys;
use self::listen::Entrance;
use self::settings_file::SettingsFile;
use self::token::Token;

const EXAMPLES: &str = "\
Examples:
  online-contact console --key-file keys
  online-contact console --settings customer.json --open
  online-contact console --listen 127.0.0.1:0 --json

Without --key-file and OC_SECURITY_KEY the page has a field for the key; the terminal is not asked.
The page answers only at the address that is printed, with the token in it. With --open that address
stands in the list of processes for a moment, where other users of this machine can read it.";

/// What `console` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address of this machine to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878")]
    listen: String,
    /// File to load the settings from and to save them to; the key is no part of it
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    http: HttpArgs,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let entrance = Entrance::bind(&args.listen, context.lang).await?;
    let token = Token::random().map_err(|error| {
        let words = ("the system gives no random numbers", "시스템에서 난수를 얻을 수 없습니다");
        Problem::new(context.lang.pick(words.0, words.1)).source(error)
    })?;
    let url = format!("http://{}/?token={}", entrance.address(), token.as_str());
    let told = announcement(&url, &token, context);
    let keys = Keys::new(args.key.given(context)?.unwrap_or_default());
    let file = SettingsFile::open(args.settings, context.lang)?;
    if file.latest().texts().any(|text| keys.stand_in(text)) {
        return Err(Problem::new(context.lang.pick(
            "the security key stands in the settings: take it out of the file",
            "설정 파일에 암호화 키가 들어 있습니다. 파일에서 지워 주십시오",
        )));
    }
    let console = Arc::new(Console {
        lang: context.lang,
        keys,
        file,
        client: Client::new(&args.http, context)?,
        http2: args.http.http2,
    });
    let door = Arc::new(Door::new(entrance.address(), token));

    // Nobody is left to read it if stdout is gone; the page is there all the same.
    let _ = writeln!(io::stdout(), "{told}");
    if args.open {
        browser::open(&url, context);
    }
    listen::serve(entrance, api::router(console, door)).await.map_err(|error| {
        Problem::new(context.lang.pick("the console broke off", "콘솔이 중단되었습니다"))
            .source(error)
    })?;
    Ok(Outcome::Good)
}

fn announcement(url: &str, token: &Token, context: &Context) -> String {
    if context.json {
        return serde_json::json!({ "url": url, "token": token.as_str() }).to_string();
    }
    let stop = context.lang.pick("Ctrl-C stops the console.", "Ctrl-C를 누르면 종료합니다.");
    format!("{url}\n{stop}")
}
