//! The names of what is done to bodies.

use crate::explain::mistake::mistakes;
use crate::lang::Words;

const SERIALISED: Words = Words::fixed(
    "Serialise the body once, keep the bytes, sign these and send these. On the server, verify the \
     raw body before anything parses it. If neither side writes the JSON anew, a proxy, gateway or \
     firewall does: switch that off for this route.",
    "본문을 한 번만 직렬화한 뒤 그 바이트에 서명하고 그대로 보내십시오. 서버는 파싱하기 전의 원본 본문으로 \
     검증해야 합니다. 양쪽 모두 JSON을 다시 쓰지 않는다면 중간의 프록시, 게이트웨이, 방화벽이 바꾸는 것이니 이 \
     경로에서는 끄십시오.",
);

const LINE_ENDS: Words = Words::fixed(
    "Sign the very bytes that are sent. Line ends are changed by editors, Windows, git (autocrlf) and \
     loggers: if the capture comes from a log, take one that keeps the bytes.",
    "보내는 바이트를 그대로 서명하십시오. 편집기, Windows, git(autocrlf), 로그가 줄 끝을 바꿉니다. 캡처가 \
     로그에서 왔다면 바이트를 그대로 보존하는 방법으로 다시 캡처하십시오.",
);

const CHARSET: Words = Words::fixed(
    "Sign and send the same bytes in UTF-8: getBytes(UTF_8) in Java, never the platform's default; on \
     the server, verify bytes and not a decoded text.",
    "같은 UTF-8 바이트를 서명하고 보내십시오. Java라면 플랫폼 기본 인코딩이 아니라 getBytes(UTF_8)을 \
     사용하고, 서버는 디코딩한 글자가 아니라 바이트로 검증해야 합니다.",
);

const WRAPPED: Words = Words::fixed(
    "Sign the body as it is sent: not URL-encoded, not serialised twice, and after it has been \
     written, not before. On the server, take the body before a parser or a filter has read it away.",
    "보내는 본문 그대로 서명하십시오. URL 인코딩하거나 두 번 직렬화하지 말고, 본문을 다 만든 뒤에 서명해야 \
     합니다. 서버는 파서나 필터가 본문을 읽어 버리기 전에 본문을 가져와야 합니다.",
);

mistakes! { Between, SERIALISED:
    JSON_COMPACT = "body_json_compact", "the JSON without white space", "공백 없는 JSON";
    JSON_SPACED = "body_json_spaced", "the JSON with a blank behind commas and colons, as Python writes it", "쉼표와 콜론 뒤에 공백이 있는 JSON(Python 방식)";
    JSON_PRETTY = "body_json_pretty", "the JSON with line breaks and indents", "줄바꿈과 들여쓰기가 있는 JSON";
    JSON_SORTED = "body_json_sorted", "the JSON with its keys sorted", "키를 정렬한 JSON";
    JSON_NUMBERS = "body_json_numbers", "the JSON with its numbers as JavaScript writes them (1 for 1.0)", "숫자를 JavaScript 방식으로 다시 쓴 JSON(1.0을 1로)";
    ASCII_ESCAPED = "body_ascii_escaped", "the JSON with \\uXXXX for all but ASCII", "ASCII가 아닌 글자를 \\uXXXX로 바꾼 JSON";
    UNESCAPED = "body_unescaped", "the JSON with characters in place of \\uXXXX", "\\uXXXX를 글자로 바꾼 JSON";
    SLASH_ESCAPED = "body_slash_escaped", "the JSON with \\/ for slashes, as PHP writes it", "빗금을 \\/로 바꾼 JSON(PHP 방식)";
    HTML_ESCAPED = "body_html_escaped", "the JSON with \\u003c, \\u003e and \\u0026 for <, > and &, as Go writes it", "<, >, &를 \\u003c, \\u003e, \\u0026으로 바꾼 JSON(Go 방식)";
}

mistakes! { Between, LINE_ENDS:
    CRLF = "body_crlf", "the body with CR LF at its line ends", "줄 끝이 CR LF인 본문";
    LF = "body_lf", "the body with LF at its line ends", "줄 끝이 LF인 본문";
    NO_LINE_ENDS = "body_line_ends_removed", "the body without its line ends", "줄바꿈을 뺀 본문";
}

mistakes! { Between, CHARSET:
    EUC_KR = "body_euc_kr", "the body in EUC-KR (CP949) in place of UTF-8, or the other way round", "UTF-8 대신 EUC-KR(CP949)인 본문, 또는 그 반대";
    UTF_16 = "body_utf_16", "the body in UTF-16", "UTF-16인 본문";
    LATIN_1 = "body_latin_1", "the body in UTF-8 that was taken for Latin-1", "UTF-8을 Latin-1로 잘못 읽은 본문";
    QUESTION_MARKS = "body_question_marks", "the body with question marks for all but ASCII", "ASCII가 아닌 글자가 물음표로 바뀐 본문";
    LOSSY = "body_lossy", "the body with U+FFFD for what is not UTF-8", "UTF-8이 아닌 바이트가 U+FFFD로 바뀐 본문";
    BYTE_ORDER_MARK = "body_byte_order_mark", "the body with a byte order mark before it, or without the one it has", "앞에 BOM이 붙었거나 빠진 본문";
}

mistakes! { Between, WRAPPED:
    URL_ENCODED = "body_url_encoded", "the body URL-encoded", "URL 인코딩한 본문";
    URL_DECODED = "body_url_decoded", "the body URL-decoded", "URL 디코딩한 본문";
    FORM_FIELDS = "body_form_fields", "the body as fields of a form", "폼 필드로 바꾼 본문";
    JSON_STRING = "body_json_string", "the body as a JSON string (serialised twice)", "JSON 문자열로 감싼(두 번 직렬화한) 본문";
    OBJECT_OBJECT = "body_object_object", "[object Object], which JavaScript makes of an object", "JavaScript 객체를 글자로 바꾼 [object Object]";
    EMPTY = "body_empty", "an empty body", "빈 본문";
    PAST_LENGTH = "body_past_content_length", "the body beyond its Content-Length", "Content-Length보다 긴 본문";
}

/// What tells forms of one mistake apart. Numbers and names are the same in both languages.
pub(super) fn in_korean(detail: &'static str) -> &'static str {
    match detail {
        "tab" => "탭",
        "a blank behind commas and colons" => "쉼표와 콜론 뒤에 공백",
        "upper case" => "대문자",
        "decoded" => "디코딩",
        "big-endian, marked" => "빅 엔디언, BOM 포함",
        "little-endian" => "리틀 엔디언",
        "undone" => "되돌림",
        "added" => "더함",
        "removed" => "뺌",
        "a blank as +" => "공백을 +로",
        "+ as a blank" => "+를 공백으로",
        same => same,
    }
}
