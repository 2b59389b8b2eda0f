// The texts of the page. Those of the server come in both languages with every response.

const WORDS = {
  skip: ["Go to the panel", "정보검색으로 건너뛰기"],
  language: ["Language", "언어"],
  look: ["Look", "화면 모드"],
  lookAuto: ["Auto", "자동"],
  lookLight: ["Light", "밝게"],
  lookDark: ["Dark", "어둡게"],

  endpoint: ["API settings", "API 설정"],
  url: ["URL", "기본 URL"],
  scheme: ["Signed bytes", "서명 대상"],
  schemeBody: ["body + time (default)", "본문 + 시각 (기본값)"],
  schemeUri: ["URI + body + time", "URI + 본문 + 시각"],
  key: ["Security key", "암호화 키"],
  keyUse: ["Use", "적용"],
  keyForget: ["Forget", "지우기"],
  keyNone: ["No key yet. A key stays in memory. It is never shown or saved.", "아직 키가 없습니다. 키는 메모리에만 두며 표시하거나 저장하지 않습니다."],
  keyGiven: ["Key from the start:", "시작할 때 지정한 키:"],
  keySession: ["Set here, for this session only.", "이 화면에서 입력한 키를 이번 실행에만 사용합니다."],

  lookupItems: ["Lookup items", "조회 항목"],
  resultItems: ["Result items", "결과 항목"],
  lookupItem: ["lookup item", "조회 항목"],
  resultItem: ["result item", "결과 항목"],
  name: ["Name", "명칭"],
  variable: ["Variable", "변수"],
  required: ["Required", "필수"],
  maxLength: ["Max length", "최대 길이"],
  remove: ["Remove", "삭제"],
  addLookup: ["+ Lookup item", "+ 조회 항목 추가"],
  addResult: ["+ Result item", "+ 결과 항목 추가"],

  save: ["Save", "저장"],
  download: ["Download", "내려받기"],
  upload: ["Load a file…", "불러오기…"],
  filesWithoutKey: ["The file does not contain the key.", "파일에 키는 들어가지 않습니다."],
  saved: ["Saved to", "저장했습니다:"],
  loaded: ["Loaded", "불러왔습니다:"],
  notJson: ["This file is not JSON:", "JSON 파일이 아닙니다."],

  received: ["Received requests", "받은 요청"],
  receivedEmpty: ["No request yet.", "아직 받은 요청이 없습니다."],
  filter: ["Filter by verdict", "판정으로 거르기"],
  filterAll: ["All", "전체"],
  accepted: ["accepted", "통과"],
  rejected: ["rejected", "거부"],
  unknown: ["no verdict", "판정 없음"],
  listTime: ["Time", "시각"],
  listRequest: ["Request", "요청"],
  listVerdict: ["Verdict", "판정"],
  listStatus: ["Response", "응답"],

  panelNote: ["as the agent sees it", "상담원에게 보이는 화면"],
  ask: ["조회 (look up)", "조회"],
  asking: ["Waiting…", "조회 중…"],
  resultEmpty: ["The result appears here.", "조회 결과가 여기에 표시됩니다."],
  noSuchValue: ["not in the response", "응답에 없음"],
  noAnswer: ["No response", "응답 없음"],
  waiting: ["Waiting for the response…", "응답을 기다리고 있습니다…"],
  noItems: ["There are no lookup items. The body will be {}.", "조회 항목이 없어 본문은 {}가 됩니다."],

  findings: ["Problems and notes", "문제와 참고 사항"],
  allNames: ["All names", "모든 이름"],
  exchange: ["Request and response", "요청과 응답"],
  request: ["Request", "요청"],
  response: ["Response", "응답"],
  requestEmpty: ["The request appears here, byte for byte.", "실제 요청이 여기에 그대로 표시됩니다."],
  responseEmpty: ["The response appears here, byte for byte.", "실제 응답이 여기에 그대로 표시됩니다."],
  body: ["Body", "본문"],
  signed: ["Signed bytes", "서명한 바이트"],
  copy: ["Copy", "복사"],
  copyCurl: ["Copy as cURL", "cURL로 복사"],
  copied: ["Copied", "복사했습니다"],
  notCopied: ["Cannot copy", "복사할 수 없습니다"],
  sendAgain: ["Send again, newly signed", "새로 서명해 다시 보내기"],
  bytes: ["bytes", "바이트"],
  formatted: ["Formatted", "정렬해서 보기"],
  raw: ["As received", "받은 그대로"],
  emptyBody: ["The body is empty.", "본문이 없습니다."],
  notUtf8: ["not UTF-8: invalid bytes are shown as �", "UTF-8이 아닌 바이트는 �로 표시합니다"],
  truncated: ["only the beginning is shown", "앞부분만 표시합니다"],
  bodyCut: ["only the beginning is in memory", "앞부분만 메모리에 있습니다"],
  signatureNote: [
    "This is a signature, not the key. It is valid for this body only, and for five minutes.",
    "키가 아니라 서명입니다. 이 본문에만, 5분 동안만 유효합니다.",
  ],

  confirmTitle: ["Send to another machine?", "다른 서버로 보낼까요?"],
  confirmText: [
    "This URL is not on this machine. The lookup is signed with your key and sent there:",
    "이 URL은 현재 컴퓨터의 주소가 아닙니다. 가지고 있는 키로 서명한 조회 요청을 다음 서버로 보냅니다.",
  ],
  confirmSend: ["Send", "보내기"],
  cancel: ["Cancel", "취소"],
  consoleGone: ["The console does not respond. Start it again in the terminal.", "콘솔이 응답하지 않습니다. 터미널에서 다시 실행해 주십시오."],
};

let lang = "en";

export const language = () => lang;

export const both = (word) => ({ en: WORDS[word][0], ko: WORDS[word][1] });

export const say = (word) => both(word)[lang];

export const pick = (text) => text[lang];

export function speak(chosen) {
  lang = chosen;
  document.documentElement.lang = lang;
  for (const place of document.querySelectorAll("[data-text]")) {
    place.textContent = say(place.dataset.text);
  }
  for (const place of document.querySelectorAll("[data-label]")) {
    place.setAttribute("aria-label", say(place.dataset.label));
  }
}
