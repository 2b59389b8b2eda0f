//! The Korean texts, by subcommand and argument.

/// The help texts of a command.
pub(super) struct Texts {
    pub(super) about: &'static str,
    pub(super) long_about: Option<&'static str>,
    /// Examples, and what they need beside them.
    pub(super) after: &'static str,
}

const fn texts(about: &'static str, after: &'static str) -> Texts {
    Texts { about, long_about: None, after }
}

const ABOUT: &str = "NHN Cloud Online Contact의 요청을 서명하고, 보내고, 설명하고, 검사합니다.";

const LONG_ABOUT: &str = "\
NHN Cloud Online Contact의 요청을 서명하고, 보내고, 설명하고, 검사합니다.

암호화 키는 --key-file, 환경 변수 OC_SECURITY_KEY, 입력 요청의 순서로 찾습니다. 명령줄 인수로 받지 않으며
화면에 표시하지 않습니다.";

const AFTER: &str = "\
예:
  online-contact sign --field callNum=1 --format curl --uri https://crm.example.com/customer | sh
  online-contact send https://crm.example.com/customer --field callNum=1
  online-contact explain --request captured.txt --key-file keys
  online-contact doctor http://127.0.0.1:8080/customer --field callNum=1
  online-contact listen --key-file keys --forward http://127.0.0.1:8080
  online-contact console --key-file keys --open

종료 상태:
  0  정상
  1  발견: 살펴본 대상에 문제가 있으며 그 내용을 응답에 표시합니다
  2  실행할 수 없음";

const SIGN: &str = "\
예:
  online-contact sign --field callNum=1 --field nation=korea
  online-contact sign --body request.json --key-file keys
  online-contact sign --body - --timestamp 1732400000000 <request.json
  online-contact sign --field callNum=1 --uri https://crm.example.com/customer --format curl

--field는 Online Contact처럼 주어진 순서대로 문자열로 된 JSON 객체를 공백 없이 만듭니다. 표시된 그대로
서명하므로 그대로 보내야 합니다. --body와 --field가 모두 없으면 본문은 비어 있습니다.

--format curl은 POSIX 셸에서 쓸 수 있는 명령을 표시합니다. 규격의 유효 시간인 5분 동안 쓸 수 있습니다.
--uri가 전체 URL이 아니면 명령은 변수 URL에서 주소를 읽습니다.";

const SEND: &str = "\
예:
  online-contact send https://crm.example.com/customer --field callNum=1 --field nation=korea
  online-contact send http://127.0.0.1:3000/customer --body request.json --key-file keys
  online-contact send https://localhost:8443/customer --field callNum=1 --cacert ca.pem --http2
  online-contact send http://127.0.0.1:3000/customer --field callNum=1 --header 'X-Tenant: b' -v
  online-contact send http://127.0.0.1:3000/customer --replay requests/0001.har

uri_body_time 방식에서는 URL의 경로를 쿼리 없이 서명합니다.

서버가 요청을 거부하면 explain 명령으로 살펴볼 수 있도록 캡처를 저장합니다.

종료 상태:
  0  응답이 규격에 맞음: 결과가 있는 200, 또는 결과가 없음을 알리는 400
  1  응답이 규격에 어긋나거나, 거부(400으로 온 것 포함)이거나, 403, 404, 500이거나, 중간에 끊기거나,
     제한 시간 안에 오지 않음
  2  아무것도 보낼 수 없음";

const EXPLAIN: &str = "\
예:
  online-contact explain --request captured.txt --key-file keys
  online-contact explain --request browser.har --entry 3
  curl -v … 2>log; online-contact explain --request log --body request.json
  online-contact explain --request captured.txt --computed 'YK79…'
  online-contact explain --header 'X-TC-Timestamp: 1732400000000' \\
      --header 'Authorization: YK79…' --body request.json --uri /customer

캡처는 HTTP 원문, curl이나 fetch 명령, curl -v나 --trace의 출력, HAR 파일, 헤더가 들어 있는 로그 등 여러
형식을 읽습니다. 목록은 docs/cli.md에 있습니다.
종료 상태 0은 요청이 통과함을, 1은 거부되거나 캡처로는 판정할 수 없음을 뜻합니다.";

const DOCTOR: &str = "\
예:
  online-contact doctor http://127.0.0.1:8080/customer --field callNum=1 --field nation=korea
  online-contact doctor https://api.example.com/customer --key-file keys.txt --yes --junit doctor.xml
  online-contact doctor --list

기준이 되는 요청 여섯 개는 항상 보냅니다. 다른 응답을 그 응답과 비교합니다.
종료 상태: 0 실패 없음, 1 실패 있음, 2 실행할 수 없음.";

const LISTEN: &str = "\
예:
  online-contact listen --key-file keys
  online-contact listen --key-file keys --forward http://127.0.0.1:8080 --save requests
  online-contact listen --key-file keys --console --open
  online-contact explain --request requests/20261126T033015.123Z-0001-rejected.har

표시된 주소로 터널을 연결하고 터널의 URL을 Online Contact의 API 설정에 등록하십시오.

--forward를 지정하면 각 요청의 경로를 그대로 사용합니다. URL에 경로가 있으면 그 경로로 보냅니다. Host
헤더도 그대로 보내지만 https:// 서버에는 그 서버의 이름을 보냅니다. 홉 단위(hop-by-hop) 헤더는 지웁니다.

Ctrl-C를 누르면 요약을 표시합니다. 종료 상태는 0입니다.";

const CONSOLE: &str = "\
예:
  online-contact console --key-file keys
  online-contact console --settings customer.json --open
  online-contact console --captures requests --key-file keys
  online-contact console --listen 127.0.0.1:0 --json

--key-file과 OC_SECURITY_KEY가 없으면 터미널에서 묻지 않고 페이지에서 키를 입력받습니다. 페이지는 토큰이
들어 있는 표시된 주소로만 열립니다. --open을 쓰면 그 주소가 잠시 프로세스 목록에 나타나 이 컴퓨터의 다른
사용자가 읽을 수 있습니다.

`listen --console`은 같은 페이지에 받은 요청의 목록을 실시간으로 표시합니다.";

const COMPLETIONS: &str = "\
예:
  online-contact completions bash >~/.local/share/bash-completion/completions/online-contact
  online-contact completions zsh >~/.zfunc/_online-contact
  online-contact completions fish >~/.config/fish/completions/online-contact.fish";

const MAN: &str = "\
예:
  online-contact man | man -l -
  online-contact man --out ~/.local/share/man/man1";

pub(super) fn command(name: &str) -> Option<Texts> {
    Some(match name {
        "online-contact" => Texts { about: ABOUT, long_about: Some(LONG_ABOUT), after: AFTER },
        "sign" => texts("본문에 서명하고 헤더를 표시합니다", SIGN),
        "send" => texts("본문에 서명해 보내고 상담원에게 보이는 내용을 표시합니다", SEND),
        "explain" => texts(
            "캡처한 요청이 통과하거나 거부되는 이유와 서명을 틀리게 한 실수를 설명합니다",
            EXPLAIN,
        ),
        "doctor" => texts("실행 중인 엔드포인트를 검사하고 문제를 보고합니다", DOCTOR),
        "listen" => texts("터널을 거쳐 온 요청을 받아 판정하고, 서버에 전달할 수 있습니다", LISTEN),
        "console" => texts("상담원의 정보검색 패널을 로컬 웹 페이지로 엽니다", CONSOLE),
        "completions" => texts("셸 자동 완성 스크립트를 출력합니다", COMPLETIONS),
        "man" => texts("매뉴얼을 출력하거나 모든 명령의 매뉴얼을 파일로 씁니다", MAN),
        "help" => texts("도움말을 표시합니다", ""),
        _ => return None,
    })
}

/// The heading over a group of arguments.
pub(super) fn heading(english: &str) -> Option<&'static str> {
    Some(match english {
        "Security key" => "암호화 키",
        "Output" => "출력",
        "Settings" => "설정",
        "Connection" => "연결",
        "Lookup" => "조회",
        "Settings of the endpoint" => "엔드포인트 설정",
        "Probes" => "검사",
        _ => return None,
    })
}

/// The help of an argument: that of its subcommand, or the one that all have.
pub(super) fn argument(command: &str, id: &str) -> Option<&'static str> {
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
    };
    let own: &[(&str, &str)] = match command {
        "sign" => &SIGN_ARGUMENTS,
        "send" => &SEND_ARGUMENTS,
        "explain" => &EXPLAIN_ARGUMENTS,
        "doctor" => &DOCTOR_ARGUMENTS,
        "listen" => &LISTEN_ARGUMENTS,
        "console" => &CONSOLE_ARGUMENTS,
        _ => &[],
    };
    find(own).or_else(|| find(&COMMON_ARGUMENTS))
}

const COMMON_ARGUMENTS: [(&str, &str); 18] = [
    ("json", "JSON으로 응답합니다(프로그램용)"),
    ("lang", "응답의 언어: en(영어), ko(한국어). 지정하지 않으면 로캘을 따릅니다"),
    ("config", "모든 명령의 옵션 값을 담은 설정 파일(TOML) [환경 변수: OC_CONFIG]"),
    ("help", "도움말을 표시합니다(-h는 요약)"),
    ("version", "버전을 표시합니다"),
    ("subcommand", "도움말을 볼 명령"),
    ("body", "본문 파일. 바이트 그대로 읽습니다. -는 표준 입력"),
    ("fields", "조회 필드. 여러 번 지정할 수 있습니다"),
    ("scheme", "서명 대상: body_time(본문, 시각), uri_body_time(URI, 본문, 시각)"),
    ("timestamp", "서명 시각. 1970년부터의 밀리초이며, 지정하지 않으면 현재 시각"),
    (
        "key_file",
        "암호화 키 파일. 한 줄에 하나씩 적고 현재 키를 맨 위에 둡니다. 앞에 `이름: `을 붙일 수 있습니다. \
         OC_SECURITY_KEY보다 우선하며, 둘 다 없으면 터미널에서 묻습니다",
    ),
    ("cacert", "시스템 인증서 외에 신뢰할 인증서(PEM) 파일"),
    ("http2", "HTTP/2만 사용합니다. 지정하지 않으면 HTTP/1.1"),
    ("timeout", "응답 전체를 기다리는 시간(초)"),
    ("url", "엔드포인트 주소"),
    ("body_limit", "통과할 수 있는 가장 긴 본문(바이트)"),
    ("shell", "셸: bash, elvish, fish, powershell, zsh"),
    ("out", "모든 매뉴얼을 명령마다 한 파일씩 쓸 디렉터리. 없으면 만듭니다"),
];

const SIGN_ARGUMENTS: [(&str, &str); 2] = [
    (
        "uri",
        "요청 줄에 있는 그대로의 URI(/customer) 또는 전체 URL. uri_body_time 방식에서 쿼리 없이 서명합니다",
    ),
    (
        "format",
        "출력 형식: headers(헤더를 한 줄에 하나씩), curl(셸에 붙여 넣을 curl 명령), json(헤더와 서명 대상을 \
         담은 객체)",
    ),
];

const SEND_ARGUMENTS: [(&str, &str); 5] = [
    ("headers", "보낼 헤더. 같은 이름의 헤더를 대신하며 여러 번 지정할 수 있습니다"),
    ("replay", "본문을 새로 서명해 다시 보낼 캡처 파일"),
    ("as_is", "캡처의 헤더와 서명을 그대로 보냅니다"),
    (
        "save",
        "요청과 응답을 저장할 폴더. 지정하지 않으면 거부된 요청만 임시 파일 폴더에 저장합니다",
    ),
    ("verbose", "보낸 요청도 표시합니다"),
];

const EXPLAIN_ARGUMENTS: [(&str, &str); 11] = [
    (
        "computed",
        "이 요청에 대해 서버가 계산한 MAC(서버 로그에 있는 값). 서버 쪽의 실수를 찾습니다",
    ),
    ("organization_id", "Open API의 조직 ID. Open API 방식으로 만든 서명을 알아봅니다"),
    ("request", "캡처한 요청 파일. -는 표준 입력"),
    ("entry", "HAR 파일에서 살펴볼 요청의 번호(1부터). 지정하지 않으면 서명된 첫 POST"),
    ("headers", "캡처 대신 지정하는 요청 헤더. 여러 번 지정할 수 있습니다"),
    ("body", "본문 파일. 바이트 그대로 읽습니다. -는 표준 입력. 캡처의 본문을 대신합니다"),
    ("uri", "요청 줄에 있는 그대로의 URI. 캡처의 URI를 대신합니다"),
    ("now", "판정 기준 시각. 1970년부터의 밀리초이며, 지정하지 않으면 현재 시각"),
    ("window", "타임스탬프가 기준 시각에서 벗어날 수 있는 시간(초)"),
    ("prefix", "프록시가 더하거나 빼는 경로의 앞부분"),
    ("time_limit", "실수를 찾는 시간(초)"),
];

const DOCTOR_ARGUMENTS: [(&str, &str); 15] = [
    ("body_limit", "통과하는 가장 긴 본문(바이트). 지정하지 않으면 어떤 제한이든 괜찮습니다"),
    ("url", "Online Contact에 등록한 엔드포인트 주소"),
    ("list", "검사 항목과 기대하는 결과만 표시하고 아무것도 보내지 않습니다"),
    ("yes", "다른 컴퓨터에 보내기 전에 묻지 않습니다"),
    (
        "body",
        "정상 요청의 본문 파일. 바이트 그대로 읽습니다. -는 표준 입력. 지정하지 않으면 OC 문서의 예",
    ),
    ("field", "본문 대신 지정하는 정상 요청의 조회 항목"),
    (
        "no_result_body",
        "결과가 없는 조회의 본문 파일. 지정하지 않으면 정상 요청의 본문으로 만듭니다",
    ),
    ("no_result_field", "본문 대신 지정하는 결과가 없는 조회의 항목"),
    ("window", "타임스탬프가 현재 시각에서 벗어날 수 있는 시간(초)"),
    ("body_deadline", "본문을 받는 제한 시간(초)"),
    ("expect_replay_guard", "두 번 통과하는 요청을 참고가 아니라 실패로 봅니다"),
    ("only", "이 항목만 검사합니다"),
    ("skip", "이 항목은 검사하지 않습니다"),
    ("gap", "검사 사이의 간격(밀리초)"),
    ("junit", "JUnit 형식의 보고서를 이 파일에도 씁니다"),
];

const LISTEN_ARGUMENTS: [(&str, &str); 8] = [
    ("listen", "요청을 받을 주소. 포트 0은 빈 포트를 고릅니다"),
    (
        "forward",
        "각 요청을 전달하고 응답을 돌려받을 서버. 지정하지 않으면 요청의 필드나 거부 응답을 직접 보냅니다",
    ),
    ("save", "요청과 응답을 HAR 파일로 저장할 폴더. 암호화 키는 저장하지 않습니다"),
    (
        "console",
        "console 명령의 웹 페이지에도 요청을 표시합니다. 주소는 127.0.0.1:7878 또는 지정한 주소",
    ),
    ("settings", "페이지의 설정을 읽고 저장할 파일"),
    ("open", "브라우저에서 페이지를 엽니다"),
    ("window", "타임스탬프가 현재 시각에서 벗어날 수 있는 시간(초)"),
    ("body_limit", "통과할 수 있는 가장 긴 본문(바이트). 최대 16777216"),
];

const CONSOLE_ARGUMENTS: [(&str, &str); 4] = [
    ("listen", "연결을 받을 이 컴퓨터의 주소. 포트 0은 빈 포트를 고릅니다"),
    ("settings", "설정을 읽고 저장할 파일. 키는 저장하지 않습니다"),
    ("captures", "페이지에 표시할 캡처가 들어 있는 폴더. `listen --save`로 만들 수 있습니다"),
    ("open", "브라우저에서 페이지를 엽니다"),
];
