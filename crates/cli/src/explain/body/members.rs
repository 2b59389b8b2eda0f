//! The members of objects in another order, or fewer of them.

use super::json::{Layout, Node, parsed, written};

/// Leaves the tree as it is.
pub(super) fn kept(_: &mut Node<'_>) {}

/// Sorts the members of every object by their names.
pub(super) fn sorted(node: &mut Node<'_>) {
    reorder(node, &|members| members.sort_by_key(|(name, _)| name.text()));
}

/// Sorts them without regard to case.
pub(super) fn sorted_without_case(node: &mut Node<'_>) {
    reorder(node, &|members| members.sort_by_key(|(name, _)| name.text().to_ascii_lowercase()));
}

/// Turns their order round.
pub(super) fn reversed(node: &mut Node<'_>) {
    reorder(node, &|members| members.reverse());
}

/// Puts them in the order of a `HashMap` of Java.
pub(super) fn hashed(node: &mut Node<'_>) {
    reorder(node, &|members| {
        let mut buckets: u32 = 16;
        while members.len() > usize::try_from(buckets / 4 * 3).unwrap_or(usize::MAX) {
            buckets = buckets.saturating_mul(2);
        }
        members.sort_by_key(|(name, _)| {
            let hash = java_hash(name.text());
            (hash ^ (hash >> 16)) & (buckets - 1)
        });
    });
}

/// `String.hashCode` of a name without escapes.
fn java_hash(name: &[u8]) -> u32 {
    let name = String::from_utf8_lossy(name);
    name.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

/// Removes the members that are `null`.
pub(super) fn without_nulls(node: &mut Node<'_>) {
    retain(node, &|value| !matches!(value, Node::Scalar(b"null")));
}

/// Removes the members that are `null`, an empty string, an empty array or an empty object.
pub(super) fn without_empties(node: &mut Node<'_>) {
    retain(node, &|value| match value {
        Node::Scalar(text) => !matches!(*text, b"null" | b"\"\""),
        Node::Array(items) => !items.is_empty(),
        Node::Object(members) => !members.is_empty(),
    });
}

fn reorder<'a>(node: &mut Node<'a>, order: &dyn Fn(&mut Vec<super::json::Member<'a>>)) {
    match node {
        Node::Scalar(_) => {}
        Node::Array(items) => items.iter_mut().for_each(|item| reorder(item, order)),
        Node::Object(members) => {
            order(members);
            members.iter_mut().for_each(|(_, value)| reorder(value, order));
        }
    }
}

fn retain(node: &mut Node<'_>, keeps: &dyn Fn(&Node<'_>) -> bool) {
    match node {
        Node::Scalar(_) => {}
        Node::Array(items) => items.iter_mut().for_each(|item| retain(item, keeps)),
        Node::Object(members) => {
            members.iter_mut().for_each(|(_, value)| retain(value, keeps));
            members.retain(|(_, value)| keeps(value));
        }
    }
}

/// More members than this have too many orders.
const MOST_MEMBERS: usize = 6;

/// A longer body is not written hundreds of times.
const LONGEST: usize = 16 * 1024;

/// Every order of the outermost members, as a set or a map without order may have given them.
pub(super) fn orders(body: &[u8], layouts: &[&Layout]) -> Vec<Vec<u8>> {
    if body.len() > LONGEST {
        return Vec::new();
    }
    let Some(Node::Object(mut members)) = parsed(body) else { return Vec::new() };
    if members.len() > MOST_MEMBERS {
        return Vec::new();
    }
    let mut all = Vec::new();
    // Heap's algorithm, without recursion.
    let mut counts = vec![0; members.len()];
    let mut place = 0;
    while let Some(&count) = counts.get(place) {
        if count >= place {
            if let Some(count) = counts.get_mut(place) {
                *count = 0;
            }
            place += 1;
            continue;
        }
        members.swap(if place % 2 == 0 { 0 } else { count }, place);
        let node = Node::Object(members);
        all.extend(layouts.iter().filter_map(|layout| written(&node, layout, body.len())));
        let Node::Object(same) = node else { return all };
        members = same;
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
        place = 0;
    }
    all
}
