//! Whether the tables are those this program makes, and whether the file holds together.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::schema::SCHEMA;
use crate::issuer::ledger::{Beneath, Flaw, LedgerError};

/// Flaws of the file beyond this many are not listed.
const MOST_FLAWS: usize = 100;

/// Whatever a schema has, by kind and name: the table it belongs to, and the text that made it.
type Objects = BTreeMap<(String, String), (String, Option<String>)>;

/// What somebody adds with ANALYZE or `PRAGMA optimize`, and SQLite itself keeps: it moves how rows are found, never which.
const STATISTICS: [&str; 2] = ["sqlite_stat1", "sqlite_stat4"];

fn objects(connection: &Connection) -> Result<Objects, rusqlite::Error> {
    let mut statement =
        connection.prepare("SELECT type, name, tbl_name, sql FROM main.sqlite_schema")?;
    let all = statement.query_map([], |row| {
        Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?)))
    })?;
    let ours = |object: &Result<((String, String), _), _>| {
        object
            .as_ref()
            .map_or(true, |((_, name), _)| !STATISTICS.contains(&name.as_str()))
    };
    all.filter(ours).collect()
}

/// What [`SCHEMA`] makes, read from its text: it need not be made for each look at a ledger.
fn ours() -> Objects {
    let code = SCHEMA
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"));
    let code = code.collect::<Vec<_>>().join("\n");
    let named = |sql: &str| {
        let mut words = sql
            .split_whitespace()
            .skip(1)
            .filter(|word| *word != "UNIQUE");
        let (kind, name) = (words.next()?.to_lowercase(), words.next()?.to_owned());
        let table = words
            .nth(1)
            .filter(|_| kind == "index")
            .unwrap_or(&name)
            .to_owned();
        Some(((kind, name), (table, Some(sql.to_owned()))))
    };
    let made = code.split(';').filter_map(|sql| named(sql.trim()));
    // For a UNIQUE within a table: without a text of its own.
    let automatic = ["product", "signer"].map(|table| {
        let name = format!("sqlite_autoindex_{table}_1");
        (("index".to_owned(), name), (table.to_owned(), None))
    });
    made.chain(automatic).collect()
}

/// How the tables differ from what [`SCHEMA`] makes. The text of each is compared, so that a trigger, a default, a collation or a lost UNIQUE
/// shows; where its rows lie is the file's own business.
pub(super) fn schema(connection: &Connection) -> Result<Vec<Flaw>, LedgerError> {
    let mut made = ours();
    let mut flaws = Vec::new();
    let mut flaw = |(kind, name): &(String, String), beneath, wrong: &str| {
        flaws.push(Flaw {
            beneath,
            what: format!("{} {}", kind.escape_debug(), name.escape_debug()),
            wrong: wrong.to_owned(),
        });
    };
    for (name, found) in objects(connection)? {
        match made.remove(&name) {
            None => flaw(&name, Beneath::Added, "was added"),
            Some(expected) if expected != found => {
                let wrong = "is not as this program makes it";
                flaw(&name, Beneath::Altered, wrong);
            }
            Some(_) => {}
        }
    }
    for name in made.keys() {
        flaw(name, Beneath::Missing, "is missing");
    }
    Ok(flaws)
}

/// A ledger with nothing in it.
fn pristine() -> Result<Connection, rusqlite::Error> {
    let pristine = Connection::open_in_memory()?;
    pristine.execute_batch(SCHEMA)?;
    Ok(pristine)
}

/// Tables with rows numbered below 1, or that name a license so, which this program never makes: lists that begin at the first row would pass them by.
pub(super) fn numbers(connection: &Connection) -> Result<Vec<Flaw>, LedgerError> {
    let pristine = pristine()?;
    let mut tables = pristine.prepare(
        "SELECT made.name, key.name FROM sqlite_schema AS made, pragma_table_info(made.name) AS key \
         WHERE made.type = 'table' AND key.pk = 1 AND key.type = 'INTEGER'",
    )?;
    let tables = tables.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    // Activations are read by their licenses, too.
    let by_license = ("activation".to_owned(), "license".to_owned());
    let mut flaws = Vec::new();
    for table in tables.chain(std::iter::once(Ok(by_license))) {
        let (what, key) = table?;
        let sql = format!("SELECT count(*) FROM {what} WHERE {key} < 1");
        let count: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
        if count > 0 {
            flaws.push(Flaw {
                beneath: Beneath::Numbers,
                what,
                wrong: match key.as_str() {
                    "license" => {
                        format!("of licenses numbered below 1, {count} in all: somebody added them")
                    }
                    _ => format!("numbered below 1, {count} in all: somebody added them"),
                },
            });
        }
    }
    Ok(flaws)
}

/// Refuses tables that are not as this program makes them.
pub(super) fn refuse_other_schemas(connection: &Connection) -> Result<(), LedgerError> {
    match schema(connection)?.first() {
        Some(flaw) => Err(LedgerError::Schema(format!("{} {}", flaw.what, flaw.wrong))),
        None => Ok(()),
    }
}

/// Where the file contradicts itself: pages, the order of rows, and each index against its table.
pub(super) fn file(connection: &Connection) -> Result<Vec<Flaw>, LedgerError> {
    let mut statement =
        connection.prepare(&format!("PRAGMA main.integrity_check({MOST_FLAWS})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut flaws = Vec::new();
    for line in lines {
        let line = line?;
        let parts = line.lines().filter(|part| !part.starts_with("***"));
        flaws.extend(parts.filter(|part| *part != "ok").map(|part| Flaw {
            beneath: Beneath::Damaged,
            what: "the file".to_owned(),
            wrong: format!("contradicts itself: {part}"),
        }));
    }
    Ok(flaws)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_what_it_makes() {
        assert_eq!(ours(), objects(&pristine().unwrap()).unwrap());
    }
}
