//! The schema of `--json`: what stands in the repository is what the types say.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema as _, Schema};
use serde_json::{Value, json};

use super::commands;
use super::json::{Failed, Nothing};
use crate::issuer::restore::line_described;

/// Where it stands.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/json.schema.json");

const DESCRIPTION: &str = "One line of the output. Under $defs, what a command prints stands by the words of the \
    command, such as request-activate; what every command prints that fails is failure. ledger-export-line is a line of \
    the file that ledger export writes.";

/// Nothing stands in an object that is not described.
#[derive(Clone, Debug)]
struct Closed;

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        if schema.get("properties").is_some() {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
        transform_subschemas(self, schema);
    }
}

fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut generator = settings.with_transform(Closed).into_generator();
    let failure = generator.subschema_for::<Failed>();
    let mut commands = commands::schemas(&mut generator);
    commands.push(("failure".to_owned(), failure));
    // What stands in the file that this command writes.
    let line = line_described(&mut generator);
    commands.push(("ledger-export-line".to_owned(), line));
    let mut definitions = generator.take_definitions(true);
    definitions.remove(&*Nothing::schema_name());
    let any: Vec<Value> = commands
        .iter()
        .map(|(name, _)| json!({ "$ref": format!("#/$defs/{name}") }))
        .collect();
    for (name, schema) in commands {
        let before = definitions.insert(name.clone(), schema.into());
        assert_eq!(before, None, "{name} is a type's name too");
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What countersign prints with --json",
        "description": DESCRIPTION,
        "anyOf": any,
        "$defs": definitions,
    })
}

/// `just schema` writes it.
#[test]
fn the_schema_in_the_repository_is_what_the_types_say() {
    let text = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("WRITE_SCHEMA").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let kept = std::fs::read_to_string(FILE).unwrap();
    assert!(
        kept == text,
        "the objects of --json changed: `just schema` writes {FILE}"
    );
}
