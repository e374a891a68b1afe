//! The part of JSON Schema that the generated specification uses, read strictly: a keyword that is
//! not known here is an error, and an object has no properties but those that are named.

use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value};

/// What is wrong with a value, each with its place.
pub(crate) fn problems(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut check = Check { document, problems: Vec::new() };
    check.value(schema, value, "$");
    check.problems
}

struct Check<'a> {
    document: &'a Value,
    problems: Vec<String>,
}

impl Check<'_> {
    fn wrong(&mut self, at: &str, problem: impl std::fmt::Display) {
        self.problems.push(format!("{at}: {problem}"));
    }

    fn value(&mut self, schema: &Value, value: &Value, at: &str) {
        let Value::Object(keywords) = schema else {
            return self.wrong(at, format!("is described by {schema}, which is no schema"));
        };
        for (keyword, wanted) in keywords {
            self.keyword(keyword, wanted, value, at);
        }
        if let Value::Object(object) = value
            && (keywords.contains_key("properties") || keywords.contains_key("additionalProperties"))
        {
            self.properties(keywords, object, at);
        }
        if let Value::Array(items) = value
            && (keywords.contains_key("items") || keywords.contains_key("prefixItems"))
        {
            self.items(keywords, items, at);
        }
    }

    fn keyword(&mut self, keyword: &str, wanted: &Value, value: &Value, at: &str) {
        match keyword {
            "$ref" => match self.resolve(wanted) {
                Some(schema) => self.value(&schema, value, at),
                None => self.wrong(at, format!("{wanted} leads nowhere")),
            },
            "oneOf" => self.one_of(wanted, value, at),
            "allOf" => {
                for schema in wanted.as_array().unwrap() {
                    self.value(schema, value, at);
                }
            }
            "type" => {
                let types = wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
                if !types.iter().any(|wanted| is_of(wanted, value)) {
                    self.wrong(at, format!("{value} is not of type {wanted}"));
                }
            }
            "enum" if !wanted.as_array().unwrap().contains(value) => {
                self.wrong(at, format!("{value} is none of {wanted}"));
            }
            "minimum" if value.as_f64() < wanted.as_f64() && value.is_number() => {
                self.wrong(at, format!("{value} is less than {wanted}"));
            }
            "maximum" if value.as_f64() > wanted.as_f64() => {
                self.wrong(at, format!("{value} is more than {wanted}"));
            }
            "minLength" if length(value).is_some_and(|length| length < wanted.as_u64().unwrap()) => {
                self.wrong(at, "is too short");
            }
            "maxLength" if length(value) > wanted.as_u64() => self.wrong(at, "is too long"),
            "pattern" if !value.as_str().is_some_and(|text| is_id(wanted.as_str().unwrap(), text)) => {
                self.wrong(at, format!("{value} does not fit {wanted}"));
            }
            "format" => {
                if let Some(text) = value.as_str()
                    && !has_format(wanted.as_str().unwrap(), text)
                {
                    self.wrong(at, format!("{text:?} is no {wanted}"));
                }
            }
            "enum"
            | "minimum"
            | "maximum"
            | "minLength"
            | "maxLength"
            | "pattern"
            | "properties"
            | "required"
            | "additionalProperties"
            | "propertyNames"
            | "items"
            | "prefixItems"
            | "minItems"
            | "maxItems"
            | "description"
            | "title"
            | "default"
            | "example"
            | "examples" => {}
            unknown => self.wrong(at, format!("the keyword {unknown} is not understood")),
        }
    }

    fn resolve(&self, reference: &Value) -> Option<Value> {
        self.document.pointer(reference.as_str()?.strip_prefix('#')?).cloned()
    }

    fn one_of(&mut self, schemas: &Value, value: &Value, at: &str) {
        let attempts: Vec<Vec<String>> =
            schemas.as_array().unwrap().iter().map(|schema| problems(self.document, schema, value)).collect();
        match attempts.iter().filter(|attempt| attempt.is_empty()).count() {
            1 => {}
            0 => self.wrong(at, format!("{value} fits none of the alternatives: {attempts:?}")),
            many => self.wrong(at, format!("{value} fits {many} alternatives")),
        }
    }

    fn properties(&mut self, keywords: &Map<String, Value>, object: &Map<String, Value>, at: &str) {
        let nothing = Map::new();
        let named = keywords.get("properties").and_then(Value::as_object).unwrap_or(&nothing);
        for name in keywords.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !object.contains_key(name.as_str().unwrap()) {
                self.wrong(at, format!("{name} is missing"));
            }
        }
        if let Some(schema) = keywords.get("propertyNames") {
            object.keys().for_each(|name| self.value(schema, &Value::from(name.as_str()), at));
        }
        for (name, value) in object {
            let at = format!("{at}.{name}");
            match (named.get(name), keywords.get("additionalProperties")) {
                (Some(schema), _) | (None, Some(schema @ Value::Object(_))) => self.value(schema, value, &at),
                (None, Some(Value::Bool(true))) => {}
                (None, _) => self.wrong(&at, "is not in the specification"),
            }
        }
    }

    fn items(&mut self, keywords: &Map<String, Value>, items: &[Value], at: &str) {
        let count = items.len() as u64;
        let bound = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64);
        if bound("minItems").is_some_and(|least| count < least)
            || bound("maxItems").is_some_and(|most| count > most)
        {
            self.wrong(at, format!("has {count} items"));
        }
        let first = keywords.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for (place, item) in items.iter().enumerate() {
            let at = format!("{at}[{place}]");
            match (first.get(place), keywords.get("items")) {
                (Some(schema), _) | (None, Some(schema @ Value::Object(_))) => self.value(schema, item, &at),
                (None, _) => self.wrong(&at, "is one item too many"),
            }
        }
    }
}

fn is_of(name: &Value, value: &Value) -> bool {
    match name.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => false,
    }
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

/// The only patterns are those of ids: `^prefix_…{25}$`.
fn is_id(pattern: &str, text: &str) -> bool {
    let prefix = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix("[0-7][0-9a-hjkmnp-tv-z]{25}$"))
        .unwrap_or_else(|| panic!("{pattern} is a pattern that is not understood"));
    text.strip_prefix(prefix).is_some_and(|digits| {
        digits.len() == 26
            && digits.starts_with(|first: char| ('0'..='7').contains(&first))
            && digits.bytes().all(|b| b.is_ascii_digit() || (b.is_ascii_lowercase() && !b"ilou".contains(&b)))
    })
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        // RFC 3339 in UTC, at microsecond precision.
        "date-time" => {
            let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction.trim_end_matches('Z'));
            text.ends_with('Z') && fraction.len() <= 6 && text.parse::<Timestamp>().is_ok()
        }
        "date" => text.parse::<Date>().is_ok(),
        "binary" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fits(schema: Value, value: Value) -> bool {
        let document =
            json!({ "components": { "schemas": { "Word": { "type": "string", "enum": ["a"] } } } });
        problems(&document, &schema, &value).is_empty()
    }

    #[test]
    fn a_value_fits_or_it_does_not() {
        let word = json!({ "$ref": "#/components/schemas/Word" });
        assert!(fits(word.clone(), json!("a")));
        assert!(!fits(word.clone(), json!("b")));
        assert!(!fits(json!({ "$ref": "#/components/schemas/Nothing" }), json!("a")));
        let maybe = json!({ "oneOf": [{ "type": "null" }, word] });
        assert!(fits(maybe.clone(), json!(null)));
        assert!(!fits(maybe, json!(1)));
        let object = json!({ "type": "object", "properties": { "n": { "type": "integer", "minimum": 1 } }, "required": ["n"] });
        assert!(fits(object.clone(), json!({ "n": 1 })));
        assert!(!fits(object.clone(), json!({ "n": 0 })));
        assert!(!fits(object.clone(), json!({})));
        assert!(!fits(object, json!({ "n": 1, "more": 1 })), "nothing unnamed");
        let pair = json!({ "type": "array", "items": false, "prefixItems": [{ "type": "string" }] });
        assert!(fits(pair.clone(), json!(["x"])));
        assert!(!fits(pair, json!(["x", "y"])));
        assert!(!fits(json!({ "type": "string", "unheardOf": 1 }), json!("x")));
    }

    #[test]
    fn formats_and_ids_are_read() {
        let at = json!({ "type": "string", "format": "date-time" });
        assert!(fits(at.clone(), json!("2026-11-25T21:40:00.123456Z")));
        assert!(!fits(at.clone(), json!("2026-11-25T21:40:00.1234567Z")));
        assert!(!fits(at.clone(), json!("2026-11-25T21:40:00+01:00")));
        assert!(!fits(at, json!("yesterday")));
        let id = json!({ "type": "string", "pattern": "^mem_[0-7][0-9a-hjkmnp-tv-z]{25}$" });
        assert!(fits(id.clone(), json!("mem_01hxyz00000000000000000000")));
        assert!(!fits(id.clone(), json!("mem_81hxyz00000000000000000000")));
        assert!(!fits(id, json!("spc_01hxyz00000000000000000000")));
    }
}
