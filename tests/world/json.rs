//! The JSON that the program prints, each line held against `schema/json.schema.json`: of the command that printed it, or of a failure.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../schema/json.schema.json")).unwrap());

/// A validator for each command, by its words.
static OF_COMMANDS: LazyLock<BTreeMap<&str, Validator>> = LazyLock::new(|| {
    let validator = |name: &'static str| {
        let alone = json!({ "$ref": format!("#/$defs/{name}"), "$defs": SCHEMA["$defs"] });
        (name, jsonschema::validator_for(&alone).unwrap())
    };
    commands().map(validator).collect()
});

/// The words of the commands that print JSON, joined by `-`, and `failure`.
pub(crate) fn commands() -> impl Iterator<Item = &'static str> {
    let all = SCHEMA["anyOf"].as_array().unwrap().iter();
    all.map(|it| it["$ref"].as_str().unwrap().trim_start_matches("#/$defs/"))
}

/// What does not fit the schema of the command that was run with these arguments; nothing where all of it does.
pub(crate) fn unfit(args: &[impl AsRef<str>], object: &Value) -> Vec<String> {
    let failed = object
        .as_object()
        .is_some_and(|it| it.len() == 1 && it.contains_key("error"));
    let name = if failed {
        Some("failure")
    } else {
        command(args)
    };
    let Some(name) = name else {
        return vec!["no command of these words has a schema".to_owned()];
    };
    let errors = OF_COMMANDS[name].iter_errors(object);
    errors
        .map(|it| format!("{name} at {:?}: {it}", it.instance_path().to_string()))
        .collect()
}

/// The command in these arguments, by the name that it has in the schema.
pub(crate) fn command(args: &[impl AsRef<str>]) -> Option<&'static str> {
    let mut words = Vec::new();
    let mut args = args.iter().map(AsRef::as_ref);
    while let Some(arg) = args.next() {
        match arg {
            "--home" => drop(args.next()),
            _ if arg.starts_with('-') => {}
            _ => words.push(arg),
        }
    }
    let first = |count: usize| Some(words.get(..count)?.join("-"));
    let names = [first(3), first(2), first(1)].into_iter().flatten();
    let mut found = names.filter_map(|name| commands().find(|it| *it == name));
    found.next()
}

/// The object on a line.
#[track_caller]
pub(crate) fn read(args: &[impl AsRef<str>], line: &str) -> Value {
    let object: Value =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let unfit = unfit(args, &object);
    assert!(unfit.is_empty(), "{}\n{object:#}", unfit.join("\n"));
    object
}
