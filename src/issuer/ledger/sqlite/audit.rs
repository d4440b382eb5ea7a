//! Whether the tables are those this program makes, and whether the file holds together.

use rusqlite::Connection;
use rusqlite::types::{FromSqlError, Type};

use super::schema::SCHEMA;
use crate::issuer::ledger::{Beneath, Flaw, LedgerError};

/// Flaws of the file beyond this many are not listed.
const MOST_FLAWS: usize = 100;

/// What somebody adds with ANALYZE or `PRAGMA optimize`, and SQLite itself keeps: it moves how rows are found, never which.
const STATISTICS: [&str; 2] = ["sqlite_stat1", "sqlite_stat4"];

/// Tables that are read by rising numbers, with the column of these and what stands before "numbered" in a finding.
const NUMBERED: [(&str, &str, &str); 11] = [
    ("product", "id", ""),
    ("terms", "id", ""),
    ("license", "id", ""),
    ("activation", "id", ""),
    ("signer", "id", ""),
    ("desk_key", "id", ""),
    ("answer", "event", ""),
    ("history", "id", ""),
    ("early_return", "event", ""),
    ("mail", "id", ""),
    // Activations are read by their licenses, too.
    ("activation", "license", "of licenses "),
];

/// One of the things that a schema has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Object<'a> {
    kind: &'a str,
    name: &'a str,
    /// The table it belongs to.
    table: &'a str,
    /// The text that made it; none of what SQLite makes for a UNIQUE within a table.
    sql: Option<&'a str>,
}

/// What [`SCHEMA`] makes, read from its text, and in its order: it need not be made for each look at a ledger.
fn ours() -> impl Iterator<Item = Object<'static>> {
    let made = SCHEMA.split(';').filter_map(|piece| {
        let mut sql = piece.trim();
        while let Some(comment) = sql.strip_prefix("--") {
            sql = comment.split_once('\n')?.1.trim_start();
        }
        let mut words = sql
            .split_ascii_whitespace()
            .skip(1)
            .filter(|word| *word != "UNIQUE");
        let kind = match words.next()? {
            "TABLE" => "table",
            _ => "index",
        };
        let name = words.next()?;
        let table = words.nth(1).filter(|_| kind == "index").unwrap_or(name);
        Some(Object {
            kind,
            name,
            table,
            sql: Some(sql),
        })
    });
    let automatic = [
        ("product", "sqlite_autoindex_product_1"),
        ("signer", "sqlite_autoindex_signer_1"),
    ];
    made.chain(automatic.map(|(table, name)| Object {
        kind: "index",
        name,
        table,
        sql: None,
    }))
}

/// All that is wrong beneath the rows.
pub(super) fn flaws(connection: &Connection) -> Result<Vec<Flaw>, LedgerError> {
    let mut flaws = schema(connection)?;
    flaws.append(&mut file(connection)?);
    if flaws.is_empty() {
        flaws = numbers(connection)?;
    }
    Ok(flaws)
}

/// Shows each object of a file to `look`.
fn each(connection: &Connection, mut look: impl FnMut(Object<'_>)) -> Result<(), rusqlite::Error> {
    let mut statement =
        connection.prepare("SELECT type, name, tbl_name, sql FROM main.sqlite_schema")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = |column| {
            row.get_ref(column)?
                .as_str_or_null()
                .map_err(|error| wrong_type(column, error))
        };
        let object = Object {
            kind: text(0)?.unwrap_or(""),
            name: text(1)?.unwrap_or(""),
            table: text(2)?.unwrap_or(""),
            sql: text(3)?,
        };
        if !STATISTICS.contains(&object.name) {
            look(object);
        }
    }
    Ok(())
}

fn wrong_type(column: usize, error: FromSqlError) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

/// How the tables differ from what [`SCHEMA`] makes. The text of each is compared, so that a trigger, a default, a collation or a lost UNIQUE
/// shows; where its rows lie is the file's own business.
fn schema(connection: &Connection) -> Result<Vec<Flaw>, LedgerError> {
    let mut missing: Vec<_> = ours().collect();
    let mut flaws = Vec::new();
    let mut flaw = |object: Object<'_>, beneath, wrong: &str| {
        let (kind, name) = (object.kind.escape_debug(), object.name.escape_debug());
        flaws.push(Flaw {
            beneath,
            what: format!("{kind} {name}"),
            wrong: wrong.to_owned(),
        });
    };
    each(connection, |found| {
        let named = |it: &Object<'_>| (it.kind, it.name) == (found.kind, found.name);
        match missing.iter().position(named) {
            None => flaw(found, Beneath::Added, "was added"),
            Some(place) => {
                if missing.remove(place) != found {
                    let wrong = "is not as this program makes it";
                    flaw(found, Beneath::Altered, wrong);
                }
            }
        }
    })?;
    for object in missing {
        flaw(object, Beneath::Missing, "is missing");
    }
    Ok(flaws)
}

/// Rows numbered below 1, or that name a license so, which this program never makes: lists that begin at the first row would pass them by.
fn numbers(connection: &Connection) -> Result<Vec<Flaw>, LedgerError> {
    let mut flaws = Vec::new();
    for (what, key, of) in NUMBERED {
        let sql = format!("SELECT count(*) FROM {what} WHERE {key} < 1");
        let count: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
        if count > 0 {
            flaws.push(Flaw {
                beneath: Beneath::Numbers,
                what: what.to_owned(),
                wrong: format!("{of}numbered below 1, {count} in all: somebody added them"),
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
fn file(connection: &Connection) -> Result<Vec<Flaw>, LedgerError> {
    let mut statement =
        connection.prepare(&format!("PRAGMA main.integrity_check({MOST_FLAWS})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut flaws = Vec::new();
    for line in lines {
        let line = line?;
        if let Some(unread) = line.lines().find(|part| is_of_the_disk(part)) {
            return Err(LedgerError::Io(unread.to_owned()));
        }
        let parts = line.lines().filter(|part| !part.starts_with("***"));
        flaws.extend(parts.filter(|part| *part != "ok").map(|part| Flaw {
            beneath: Beneath::Damaged,
            what: "the file".to_owned(),
            wrong: format!("contradicts itself: {part}"),
        }));
    }
    Ok(flaws)
}

/// Whether SQLite could not read what it wanted to look at: that says nothing of what stands there.
fn is_of_the_disk(part: &str) -> bool {
    let code = part.rsplit_once("error code=").map(|(_, code)| code.trim());
    let code = code.and_then(|code| code.parse::<i32>().ok());
    // Beyond its first byte a code says what exactly failed.
    code.is_some_and(|code| code & 0xff == rusqlite::ffi::SQLITE_IOERR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_fails_is_no_damage() {
        for (part, is) in [
            (
                "Tree 16 page 16: unable to get the page. error code=8458",
                true,
            ),
            ("Tree 4 page 4: unable to get the page. error code=10", true),
            (
                "Tree 4 page 4: unable to get the page. error code=11",
                false,
            ),
            (
                "Tree 4 page 4: btreeInitPage() returns error code 10",
                false,
            ),
            ("wrong # of entries in index answer_commitment", false),
        ] {
            assert_eq!(is_of_the_disk(part), is, "{part}");
        }
    }

    fn pristine() -> Connection {
        let pristine = Connection::open_in_memory().unwrap();
        pristine.execute_batch(SCHEMA).unwrap();
        pristine
    }

    #[test]
    fn the_text_says_what_it_makes() {
        let mut told: Vec<_> = ours().map(|it| format!("{it:?}")).collect();
        let mut made = Vec::new();
        each(&pristine(), |it| made.push(format!("{it:?}"))).unwrap();
        told.sort();
        made.sort();
        assert_eq!(told, made);
    }

    #[test]
    fn each_table_with_numbered_rows_is_looked_at() {
        let pristine = pristine();
        let sql = "SELECT made.name, key.name FROM sqlite_schema AS made, pragma_table_info(made.name) AS key \
             WHERE made.type = 'table' AND key.pk = 1 AND key.type = 'INTEGER' \
             AND made.sql NOT LIKE '%WITHOUT ROWID%' ORDER BY made.name";
        let mut statement = pristine.prepare(sql).unwrap();
        let found = statement
            .query_map([], |row| Ok((row.get(0).unwrap(), row.get(1).unwrap())))
            .unwrap();
        let found: Vec<(String, String)> = found.map(Result::unwrap).collect();
        let ours = NUMBERED.iter().filter(|(.., of)| of.is_empty());
        let mut ours: Vec<_> = ours
            .map(|(table, key, _)| ((*table).to_owned(), (*key).to_owned()))
            .collect();
        ours.sort();
        assert_eq!(ours, found);
    }
}
