//! The list of the probes for `--list`.

use serde_json::{Value, json};

use super::text::ID;
use crate::context::Context;
use crate::doctor::probe::Probe;
use crate::outcome::Problem;
use crate::report::{DIM, TITLE, paint};

/// Prints the probes. The rows of the protocol that no client can cause are named too.
pub(in crate::doctor) fn list(plan: &[&'static Probe], cx: &Context) -> Result<(), Problem> {
    if cx.json {
        return cx.print_json(&plan.iter().map(|probe| as_json(probe, cx)).collect::<Vec<_>>());
    }
    let lines = plan.iter().map(|probe| {
        let (title, expected) = (probe.title.in_lang(cx.lang), probe.expect.fixed(cx.lang));
        format!("{} {title}: {expected}\n", paint(TITLE, format!("{:ID$}", probe.id)))
    });
    let note = paint(DIM, cx.lang.pick(
        "Not included, because no client can cause them: an unavailable key source or replay guard, an \
         overloaded server, a body that breaks off.\n",
        "밖에서 일으킬 수 없는 경우는 들어 있지 않습니다: 키 저장소나 재전송 방지 저장소의 장애, 메모리 부족, \
         중간에 끊긴 본문.\n",
    ));
    cx.print(lines.collect::<String>() + &note)
}

fn as_json(probe: &Probe, cx: &Context) -> Value {
    json!({
        "id": probe.id,
        "severity": probe.severity.as_str(),
        "title": probe.title.in_lang(cx.lang),
        "expected": probe.expect.fixed(cx.lang),
    })
}
