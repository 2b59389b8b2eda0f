//! `--list`: what would be asked, and what a server that keeps the protocol does.

use serde_json::{Value, json};

use super::lines::ID;
use crate::context::Context;
use crate::doctor::probe::Probe;
use crate::outcome::Problem;
use crate::report::{DIM, TITLE, paint};

/// Shows the probes. The rows of the protocol that nobody can provoke from outside are named too.
pub(in crate::doctor) fn list(plan: &[&'static Probe], cx: &Context) -> Result<(), Problem> {
    if cx.json {
        return cx.print_json(&plan.iter().map(|probe| as_json(probe, cx)).collect::<Vec<_>>());
    }
    let lines = plan.iter().map(|probe| {
        let (title, expected) = (probe.title.in_lang(cx.lang), probe.expect.fixed(cx.lang));
        format!("{} {title}: {expected}\n", paint(TITLE, format!("{:ID$}", probe.id)))
    });
    let note = paint(DIM, cx.lang.pick(
        "Not among them, for nobody can bring them about from outside: a key source or a replay guard \
         that gives no answer, a server without room, a body that breaks off.\n",
        "밖에서 일으킬 수 없는 경우는 들어 있지 않습니다. 키 저장소나 재전송 방지 저장소의 장애, 메모리 부족, \
         중간에 끊긴 본문이 그렇습니다.\n",
    ));
    cx.print(lines.collect::<String>() + &note)
}

fn as_json(probe: &Probe, cx: &Context) -> Value {
    json!({
        "id": probe.id,
        "title": probe.title.in_lang(cx.lang),
        "expected": probe.expect.fixed(cx.lang),
    })
}
