//! What the cases say: their variables filled in, and what came back compared with what was expected.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

/// The variables of a case, without their dollar sign.
pub(super) type Words = BTreeMap<&'static str, Value>;

static NOTHING: Value = Value::Null;

/// What is at a path such as `/d/state`; nothing where there is none.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    value.pointer(path).unwrap_or(&NOTHING)
}

/// A value with its variables filled in. `$x.s1` and `$x-2` are the text of `$x` and what
/// follows it.
pub(super) fn filled(value: &Value, words: &Words) -> Value {
    match value {
        Value::String(text) => fill_text(text, words),
        Value::Array(list) => list.iter().map(|it| filled(it, words)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, it)| (name.clone(), filled(it, words))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn fill_text(text: &str, words: &Words) -> Value {
    let Some(variable) = text.strip_prefix('$') else { return text.into() };
    let ends = variable.find(['.', '-']);
    let (name, rest) = ends.map_or((variable, ""), |at| variable.split_at(at));
    match words.get(name) {
        Some(Value::String(word)) => format!("{word}{rest}").into(),
        Some(other) => other.clone(),
        None => text.into(),
    }
}

/// Whether `it` has everything that `expected` has. Decimals are compared as numbers.
pub(super) fn matches(it: &Value, expected: &Value) -> bool {
    match (it, expected) {
        (Value::Object(it), Value::Object(expected)) => {
            expected.iter().all(|(name, value)| it.get(name).is_some_and(|it| matches(it, value)))
        }
        (Value::String(it), Value::String(expected)) => {
            let decimal = |text: &str| text.parse::<Decimal>().ok();
            it == expected || decimal(it).zip(decimal(expected)).is_some_and(|(it, wanted)| it == wanted)
        }
        _ => it == expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn variables_are_filled_in_at_every_depth() {
        let words = Words::from([("a", json!("id-1")), ("month", json!(12))]);
        let value = json!({"client_id": "$a", "d": [{"m": "$month", "s": "$a.s1"}], "plain": "a"});
        let expected = json!({"client_id": "id-1", "d": [{"m": 12, "s": "id-1.s1"}], "plain": "a"});
        assert_eq!(filled(&value, &words), expected);
    }

    #[test]
    fn what_is_expected_must_be_there_and_more_may_be() {
        let it = json!({"k": "order", "d": {"state": "working", "limit": "10.50", "qty": 1}});
        for expected in
            [json!({}), json!({"k": "order"}), json!({"d": {"limit": "10.5"}}), json!({"d": {"qty": 1}})]
        {
            assert!(matches(&it, &expected), "{expected}");
        }
        for expected in [json!({"k": "exec"}), json!({"d": {"qty": 2}}), json!({"d": {"role": "shadow"}})] {
            assert!(!matches(&it, &expected), "{expected}");
        }
    }
}
