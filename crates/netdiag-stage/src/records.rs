//! Records by their type, and held against the published schemas in `docs/schema`.

use std::path::PathBuf;

use jsonschema::Validator;
use serde_json::Value;

const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema");

/// The records of this type, in their order.
pub fn of_type<'a>(records: &'a [Value], name: &str) -> Vec<&'a Value> {
    records.iter().filter(|record| record["type"] == name).collect()
}

/// The only record of this type.
///
/// # Panics
///
/// If there is none, or more than one.
#[track_caller]
pub fn only<'a>(records: &'a [Value], name: &str) -> &'a Value {
    match of_type(records, name)[..] {
        [one] => one,
        ref all => panic!("{} records of type {name}", all.len()),
    }
}

/// The published schema of a tool's records: what `cargo xtask generate` wrote last.
#[derive(Debug)]
pub struct Schema {
    tool: String,
    validator: Validator,
}

impl Schema {
    /// That of the tool of this name, such as `ping`.
    ///
    /// # Panics
    ///
    /// If there is none, or it is not a schema.
    #[track_caller]
    pub fn of(tool: &str) -> Self {
        let path = PathBuf::from(SCHEMAS).join(format!("netdiag.{tool}.1.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("{}: {error}; `cargo xtask generate` writes the schemas", path.display())
        });
        let schema = serde_json::from_str(&text).expect("JSON");
        Self { tool: tool.to_owned(), validator: jsonschema::validator_for(&schema).expect("a schema") }
    }

    /// Whether a record fits it.
    pub fn takes(&self, record: &Value) -> bool {
        self.validator.is_valid(record)
    }

    /// Holds each of the records against it.
    ///
    /// # Panics
    ///
    /// If one does not fit.
    #[track_caller]
    pub fn assert_valid(&self, records: &[Value]) {
        for record in records {
            assert!(
                self.takes(record),
                "does not fit the schema of {} (`cargo xtask generate` writes it anew): {record}",
                self.tool
            );
        }
    }

    /// Holds it against a record that fits: it takes that one, but not with any of these `wrong` values, nor without any
    /// of these `needed` keys.
    ///
    /// # Panics
    ///
    /// If it does not take the record, or takes one of the others.
    #[track_caller]
    pub fn assert_particular(&self, record: &Value, wrong: &[(&str, Value)], needed: &[&str]) {
        assert!(self.takes(record), "{record}");
        for (key, value) in wrong {
            let mut other = record.clone();
            other[*key] = value.clone();
            assert!(!self.takes(&other), "{key} may be {value}: {other}");
        }
        for key in needed {
            let mut other = record.clone();
            assert!(
                other.as_object_mut().is_some_and(|fields| fields.remove(*key).is_some()),
                "no {key}: {record}"
            );
            assert!(!self.takes(&other), "{key} may be absent: {other}");
        }
    }
}
