//! Random edits of every table and column, and of the schema: none that changes anything goes unseen.
//!
//! What is compared is every value of every table with its type, and the text of every object of the schema. So an edit that goes unseen is one
//! that left all of them as they were: a row written over with itself, one deleted that was not there. What a database does for itself, such as
//! VACUUM or ANALYZE, is in `unchanged`.
//!
//! Five tables are left out: `beyond` counts what came in such numbers that the history does not take it, `declined` has refusals that speak for or
//! against nobody, `said` what mails say of machines, `mail` and `mailed` what the desk did with mails by itself. They have no events to be held against,
//! that is what they are for; they change no answer, and `license show` says that they are not recorded.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;

use super::lived::{Lived, verify};

/// A source of choices that repeats itself.
struct Choices(blake3::OutputReader);

impl Choices {
    fn number(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.number() % end as u64) as usize
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

struct Table {
    name: String,
    columns: Vec<String>,
    /// The columns of the primary key.
    key: String,
}

fn tables(ledger: &Connection) -> Vec<Table> {
    let names = strings(
        ledger,
        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
    );
    let table = |name: String| {
        let columns = strings(
            ledger,
            &format!("SELECT name FROM pragma_table_info('{name}')"),
        );
        let key = strings(
            ledger,
            &format!("SELECT name FROM pragma_table_info('{name}') WHERE pk = 1"),
        );
        Table {
            name,
            columns,
            key: key.concat(),
        }
    };
    names.into_iter().map(table).collect()
}

fn strings(ledger: &Connection, sql: &str) -> Vec<String> {
    let mut statement = ledger.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Everything that stands in a ledger, whatever its indices say.
fn content(path: &Path) -> Option<BTreeMap<String, Vec<String>>> {
    let ledger = Connection::open(path).ok()?;
    let mut content = BTreeMap::new();
    let schema = "SELECT type || name || tbl_name || ifnull(sql, '') FROM sqlite_schema ORDER BY 1";
    content.insert("schema".to_owned(), strings(&ledger, schema));
    for pragma in ["user_version", "application_id"] {
        let sql = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
        content.insert(pragma.to_owned(), strings(&ledger, &sql));
    }
    for table in tables(&ledger) {
        if ["beyond", "declined", "said", "mail", "mailed"].contains(&table.name.as_str()) {
            continue;
        }
        let values: Vec<String> = table
            .columns
            .iter()
            .map(|column| format!("typeof(\"{column}\") || quote(\"{column}\")"))
            .collect();
        let sql = format!(
            "SELECT {} FROM \"{}\" NOT INDEXED ORDER BY 1",
            values.join(" || ',' || "),
            table.name
        );
        content.insert(table.name, strings(&ledger, &sql));
    }
    Some(content)
}

/// A value for a column, in SQL: near what stands there, of another row, or of another kind.
fn value(table: &Table, column: &str, choices: &mut Choices) -> String {
    let other = format!(
        "(SELECT \"{column}\" FROM \"{}\" ORDER BY random() LIMIT 1)",
        table.name
    );
    let number = choices.number();
    let near = [
        format!("\"{column}\" + 1"),
        format!("\"{column}\" - 1"),
        other.clone(),
        other,
        "NULL".to_owned(),
        "0".to_owned(),
        "1".to_owned(),
        (number % 40).to_string(),
        (number % 100_000).to_string(),
        number.cast_signed().to_string(),
        format!("-{}", number % 9),
        format!("zeroblob(length(\"{column}\"))"),
        format!("randomblob(length(\"{column}\"))"),
        format!("CAST(substr(\"{column}\", 1, length(\"{column}\") - 1) AS BLOB)"),
        format!("CAST(\"{column}\" || x'00' AS BLOB)"),
        format!("\"{column}\" || 'x'"),
        format!("upper(\"{column}\")"),
        format!("replace(\"{column}\", '1', '2')"),
        "x''".to_owned(),
        "''".to_owned(),
    ];
    near[choices.below(near.len())].clone()
}

/// One edit in SQL, which may fail.
fn edit(tables: &[Table], lived: &Lived, choices: &mut Choices) -> String {
    let table = &tables[choices.below(tables.len())];
    let Table { name, columns, key } = table;
    let column = &columns[choices.below(columns.len())];
    let one = format!("(SELECT \"{key}\" FROM \"{name}\" ORDER BY random() LIMIT 1)");
    match choices.below(12) {
        0..=3 => {
            let value = value(table, column, choices);
            format!("UPDATE \"{name}\" SET \"{column}\" = {value} WHERE \"{key}\" = {one}")
        }
        4 => {
            let second = &columns[choices.below(columns.len())];
            let (one_value, other) = (value(table, column, choices), value(table, second, choices));
            format!(
                "UPDATE \"{name}\" SET \"{column}\" = {one_value}, \"{second}\" = {other} WHERE \"{key}\" = {one}"
            )
        }
        5 => format!(
            "UPDATE \"{name}\" SET \"{column}\" = {}",
            value(table, column, choices)
        ),
        6 => format!("DELETE FROM \"{name}\" WHERE \"{key}\" = {one}"),
        7 => {
            let values: Vec<String> = columns
                .iter()
                .map(|it| match choices.below(4) {
                    0 => value(table, it, choices),
                    _ if it == key && choices.below(2) == 0 => {
                        format!("(SELECT max(\"{key}\") + 1 FROM \"{name}\")")
                    }
                    _ => format!("\"{it}\""),
                })
                .collect();
            format!(
                "INSERT INTO \"{name}\" SELECT {} FROM \"{name}\" WHERE \"{key}\" = {one}",
                values.join(", ")
            )
        }
        // Two rows change places.
        8 => format!(
            "CREATE TEMP TABLE pair AS SELECT \"{key}\" AS k, \"{column}\" AS v FROM \"{name}\" ORDER BY random() LIMIT 2; \
             UPDATE \"{name}\" SET \"{column}\" = (SELECT v FROM pair WHERE k <> \"{key}\") WHERE \"{key}\" IN (SELECT k FROM pair) \
             AND 2 = (SELECT count(*) FROM pair)"
        ),
        // A row is again as it was before, or is there again.
        9 | 10 => {
            let before = &lived.before[choices.below(lived.before.len())];
            let list: Vec<String> = columns.iter().map(|it| format!("\"{it}\"")).collect();
            format!(
                "ATTACH '{}' AS old; INSERT OR REPLACE INTO main.\"{name}\" SELECT {} FROM old.\"{name}\" ORDER BY random() LIMIT 1; \
                 DETACH old",
                before.display(),
                list.join(", ")
            )
        }
        _ => schema_edit(table, column, choices),
    }
}

fn schema_edit(table: &Table, column: &str, choices: &mut Choices) -> String {
    let name = &table.name;
    let index = choices.of(&[
        "license_key",
        "license_terms",
        "activation_license",
        "answer_commitment",
        "early_return_aid",
    ]);
    match choices.below(12) {
        0 => format!("DROP INDEX {index}"),
        1 => format!("CREATE INDEX more ON \"{name}\" (\"{column}\")"),
        2 => format!("CREATE TRIGGER more AFTER UPDATE ON \"{name}\" BEGIN SELECT 1; END"),
        3 => format!("CREATE VIEW more AS SELECT \"{column}\" FROM \"{name}\""),
        4 => format!("CREATE TABLE more AS SELECT * FROM \"{name}\""),
        5 => format!("ALTER TABLE \"{name}\" ADD COLUMN more TEXT"),
        6 => format!("ALTER TABLE \"{name}\" RENAME COLUMN \"{column}\" TO more"),
        7 => format!("ALTER TABLE \"{name}\" RENAME TO more"),
        8 => format!("DROP TABLE \"{name}\""),
        9 => format!(
            "PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', '') WHERE name = '{name}'"
        ),
        10 => format!(
            "PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = replace(sql, 'UNIQUE', '') WHERE name = '{index}'"
        ),
        _ => choices
            .of(&[
                "PRAGMA user_version = 3",
                "PRAGMA application_id = 1",
                "PRAGMA user_version = 99",
            ])
            .to_owned(),
    }
}

/// Edits a ledger so many times, each time anew, and verifies it.
pub(crate) fn none_unseen(seed: u64, edits: u64) {
    let lived = Lived::new();
    let path = lived.copy();
    let honest = content(&path).unwrap();
    let tables = tables(&Connection::open(&path).unwrap());
    let mut choices = Choices(
        blake3::Hasher::new()
            .update(&seed.to_be_bytes())
            .finalize_xof(),
    );
    let (mut seen, mut failed, mut same) = (0_u64, 0_u64, 0_u64);
    for number in 0..edits {
        let path = lived.copy();
        let mut done = Vec::new();
        for _ in 0..=choices.below(8) / 6 {
            let sql = edit(&tables, &lived, &mut choices);
            let ledger = Connection::open(&path).unwrap();
            if ledger.execute_batch(&sql).is_ok() {
                done.push(sql);
            }
        }
        if done.is_empty() {
            failed += 1;
            continue;
        }
        // What cannot be opened is seen, too.
        if verify(&path).is_ok_and(|report| report.findings.is_empty()) {
            let now = content(&path).unwrap();
            let differ: Vec<_> = honest
                .iter()
                .filter(|(name, rows)| now.get(*name) != Some(rows))
                .map(|(name, rows)| (name, rows, now.get(name)))
                .collect();
            let equal = differ.is_empty() && now.len() == honest.len();
            assert!(
                equal,
                "unseen, seed {seed}, edit {number}: {done:#?}\n{differ:#?}"
            );
            same += 1;
        } else {
            seen += 1;
        }
    }
    println!(
        "{edits} edits: {seen} seen, {same} changed nothing, {failed} were refused by the database"
    );
    assert!(
        seen > edits / 3,
        "too few edits change anything: {seen} of {edits}"
    );
}

#[test]
fn a_sample_of_random_edits_is_seen() {
    none_unseen(1, 400);
}
