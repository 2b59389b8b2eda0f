//! What is wrong with a command line, in Korean.

use std::error::Error as _;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::lang::{Lang, Words};
use crate::report::{BAD, paint, visible};

/// The whole message; `None` for what is no error, and for what clap says in English only.
pub(super) fn in_korean(error: &Error) -> Option<String> {
    let fault = fault(error)?;
    let title = paint(BAD, "오류:");
    let usage = text(error, ContextKind::Usage).unwrap_or_default();
    let usage = usage.replacen("Usage:", "사용법:", 1);
    let usage = if usage.is_empty() { usage } else { format!("{usage}\n\n") };
    Some(format!("{title} {fault}\n\n{usage}자세한 내용은 '--help'로 볼 수 있습니다.\n"))
}

fn fault(error: &Error) -> Option<String> {
    let argument = || text(error, ContextKind::InvalidArg);
    let value = || text(error, ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::UnknownArgument => {
            let suggested = suggestion(error, ContextKind::SuggestedArg);
            format!("'{}' 인수를 알 수 없습니다{suggested}", argument()?)
        }
        ErrorKind::InvalidSubcommand => {
            let suggested = suggestion(error, ContextKind::SuggestedSubcommand);
            let name = text(error, ContextKind::InvalidSubcommand)?;
            format!("'{name}' 명령을 알 수 없습니다{suggested}")
        }
        ErrorKind::MissingSubcommand => {
            let all = text(error, ContextKind::ValidSubcommand).unwrap_or_default();
            format!("명령이 필요합니다 [가능한 명령: {all}]")
        }
        ErrorKind::MissingRequiredArgument => format!("다음 인수가 필요합니다: {}", argument()?),
        ErrorKind::ArgumentConflict => conflict(&argument()?, text(error, ContextKind::PriorArg)),
        ErrorKind::InvalidValue => match value().filter(|value| !value.is_empty()) {
            None => format!("'{}'에 값이 필요합니다", argument()?),
            Some(value) => {
                let valid = text(error, ContextKind::ValidValue).unwrap_or_default();
                let valid =
                    if valid.is_empty() { valid } else { format!(" [가능한 값: {valid}]") };
                format!("'{}'의 값 '{value}'이(가) 올바르지 않습니다{valid}", argument()?)
            }
        },
        ErrorKind::ValueValidation => {
            let why = error.source().map(reason).unwrap_or_default();
            let why = visible(&why);
            format!("'{}'의 값 '{}'이(가) 올바르지 않습니다: {why}", argument()?, value()?)
        }
        ErrorKind::TooFewValues | ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            format!("'{}'의 값 개수가 맞지 않습니다", argument()?)
        }
        ErrorKind::InvalidUtf8 => "UTF-8이 아닌 인수가 있습니다".to_owned(),
        _ => return None,
    })
}

/// What a parser of values says: ours in Korean, clap's of a range too, all others as they are.
fn reason(source: &(dyn std::error::Error + 'static)) -> String {
    if let Some(words) = source.downcast_ref::<Words>() {
        return words.in_lang(Lang::Ko).to_owned();
    }
    let said = source.to_string();
    match said.split_once(" is not in ") {
        Some((_, range)) => format!("{range} 범위여야 합니다"),
        None => said,
    }
}

fn conflict(argument: &str, prior: Option<String>) -> String {
    match prior {
        Some(prior) if prior != argument => {
            format!("'{argument}'은(는) '{prior}'와(과) 함께 쓸 수 없습니다")
        }
        Some(_) => format!("'{argument}'은(는) 한 번만 쓸 수 있습니다"),
        None => format!("'{argument}'은(는) 다른 인수와 함께 쓸 수 없습니다"),
    }
}

fn suggestion(error: &Error, kind: ContextKind) -> String {
    text(error, kind).map(|name| format!(". '{name}'을(를) 찾으십니까?")).unwrap_or_default()
}

/// What clap knows of it. What was typed must not steer the terminal.
fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(visible(text).into_owned()),
        ContextValue::Strings(texts) => Some(visible(&texts.join(", ")).into_owned()),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) => {
            Some(texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}
