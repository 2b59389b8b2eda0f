//! The script of a request body, and a clock that advances when nothing else happens.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use online_contact::Timer;
use online_contact_test_kit::script::Step;

/// Reads the field `script`: sizes of chunks, `pause`, `stall`, `error`, `end` (before the body's end) and
/// `empty` (200 empty chunks). Chunks of the sizes in `chunks` follow, repeatedly, until the body's end.
pub(crate) fn script(text: &str, sizes: &str, body: &[u8]) -> Vec<Step> {
    let (mut steps, mut rest) = (Vec::new(), body);
    let chunk = |size: usize, rest: &mut &[u8]| {
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        *rest = after;
        Step::Chunk(chunk.to_vec())
    };
    for word in text.split(',').take(256) {
        match word {
            "pause" => steps.push(Step::Pause),
            "empty" => steps.extend(vec![Step::Chunk(Vec::new()); 200]),
            "stall" => return ended(steps, Step::Stall),
            "error" => return ended(steps, Step::Error),
            "end" => return steps,
            size => steps.extend(size.parse().ok().map(|size| chunk(size, &mut rest))),
        }
    }
    let sizes: Vec<usize> = sizes.split(',').filter_map(|size| size.parse().ok()).collect();
    let sizes = if sizes.iter().any(|&size| size > 0) { sizes } else { vec![usize::MAX] };
    for size in sizes.into_iter().cycle() {
        if rest.is_empty() {
            break;
        }
        steps.push(chunk(size, &mut rest));
    }
    steps
}

fn ended(mut steps: Vec<Step>, last: Step) -> Vec<Step> {
    steps.push(last);
    steps
}

/// A timer whose deadlines pass when [`drive`] finds that nothing else would wake the future.
#[derive(Debug, Default)]
pub(crate) struct Deadlines(Arc<AtomicBool>);

impl Timer for Deadlines {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        assert!([3, 10].contains(&duration.as_secs()), "a default timeout, not {duration:?}");
        let passed = Arc::clone(&self.0);
        std::future::poll_fn(move |_| match passed.load(Ordering::Relaxed) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
    }
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Polls a future to its end, or drops it after `polls`.
pub(crate) fn drive<T>(
    mut future: Pin<&mut impl Future<Output = T>>,
    deadlines: &Deadlines,
    polls: usize,
) -> Option<T> {
    let wakes = Arc::<Wakes>::default();
    let waker = Waker::from(Arc::clone(&wakes));
    for _ in 0..polls {
        let before = wakes.0.load(Ordering::Relaxed);
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        if wakes.0.load(Ordering::Relaxed) == before {
            let passed = deadlines.0.swap(true, Ordering::Relaxed);
            assert!(!passed, "a future that is pending after its deadline");
        }
    }
    None
}
