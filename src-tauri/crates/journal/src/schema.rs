//! The tables and views of a journal, and the way from an older form to this one.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::fault::OpenFault;
use crate::session::{Environment, Session};

/// The form of the tables that this build writes, kept in `user_version`.
pub(crate) const FORM: i64 = 1;
/// Marks the file as a journal of this program, for `file` and for us: `PhDJ`.
const APPLICATION_ID: i64 = 0x5068_444A;

const TABLES: &str = include_str!("sql/tables.sql");
const VIEWS: &str = include_str!("sql/views.sql");

/// One step from a form to the next.
type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// The steps from form 1 on: the first leads to form 2.
const STEPS: [Step; 0] = [];

/// How the file stands.
pub(crate) enum Standing {
    /// Nothing is in it.
    Empty,
    /// It has this form.
    Form(i64),
    /// It belongs to another program.
    Foreign,
}

pub(crate) fn standing(db: &Connection) -> rusqlite::Result<Standing> {
    let application: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let form: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, form, tables) {
        (0, 0, 0) => Standing::Empty,
        (APPLICATION_ID, form, _) => Standing::Form(form),
        _ => Standing::Foreign,
    })
}

/// Makes the tables of a new journal.
pub(crate) fn create(db: &mut Connection, session: &Session, now_ns: i64) -> rusqlite::Result<()> {
    let work = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    work.execute_batch(TABLES)?;
    work.execute_batch(VIEWS)?;
    work.execute(
        "INSERT INTO journal (id, environment, account, made_by, made_ns) VALUES (1, ?1, ?2, ?3, ?4)",
        params![session.environment.word(), session.account, session.build, now_ns],
    )?;
    work.pragma_update(None, "application_id", APPLICATION_ID)?;
    work.pragma_update(None, "user_version", FORM)?;
    work.commit()
}

/// The name of a table, view or index that is not defined as this build defines it. What is there beside
/// ours, such as a view that somebody has added, is let be.
pub(crate) fn changed(db: &Connection) -> rusqlite::Result<Option<String>> {
    let made = Connection::open_in_memory()?;
    made.execute_batch(TABLES)?;
    made.execute_batch(VIEWS)?;
    let mut ours =
        made.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    let mut same = db.prepare(
        "SELECT count(*) FROM sqlite_schema WHERE type = ?1 AND name = ?2 AND tbl_name = ?3 AND sql = ?4",
    )?;
    let mut rows = ours.query([])?;
    while let Some(row) = rows.next()? {
        let words: [String; 4] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
        let found: i64 = same.query_row(rusqlite::params_from_iter(&words), |row| row.get(0))?;
        if found != 1 {
            let [kind, name, ..] = words;
            return Ok(Some(format!("the {kind} {name} is not defined as it was made")));
        }
    }
    Ok(None)
}

/// Whose journal it is.
pub(crate) fn owner(db: &Connection) -> rusqlite::Result<(Option<Environment>, String)> {
    db.query_row("SELECT environment, account FROM journal WHERE id = 1", [], |row| {
        Ok((row.get::<_, String>(0)?.parse().ok(), row.get(1)?))
    })
}

/// The name of the journal: 12 small letters and digits that no other journal has, nor a later one of the
/// same account. What is named after it at the broker never means an order of another journal. One that is
/// rebuilt after damage keeps it: what works at the broker is still its own.
pub(crate) fn name(db: &Connection) -> rusqlite::Result<String> {
    let made = "SELECT environment, account, made_ns FROM journal WHERE id = 1";
    let whose = db.query_row(made, [], |row| {
        let (environment, account): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(format!("{environment}\0{account}\0{}", row.get::<_, i64>(2)?))
    })?;
    Ok(blake3::hash(whose.as_bytes()).to_hex().chars().take(12).collect())
}

/// When it was made: of two journals of one account the same moment never.
pub(crate) fn made_ns(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT made_ns FROM journal WHERE id = 1", [], |row| row.get(0))
}

/// Brings an older file to the form of this build, after a copy of it was made.
pub(crate) fn migrate(db: &mut Connection, path: &Path, from: i64) -> Result<(), OpenFault> {
    migrate_by(db, path, from, &STEPS)
}

fn migrate_by(db: &mut Connection, path: &Path, from: i64, steps: &[Step]) -> Result<(), OpenFault> {
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX).saturating_add(1);
    if from > known || from < 1 {
        return Err(OpenFault::Newer { path: path.to_owned(), found: from, known });
    }
    if from == known {
        return Ok(());
    }
    let copy = path.with_extension(format!("before-form-{known}.db"));
    if !copy.exists() {
        db.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    }
    let done = usize::try_from(from - 1).unwrap_or(usize::MAX);
    for (place, step) in steps.iter().enumerate().skip(done) {
        let work = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step(&work)?;
        work.pragma_update(None, "user_version", i64::try_from(place).unwrap_or(i64::MAX).saturating_add(2))?;
        work.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADD: Step = |work| work.execute_batch("CREATE TABLE added (id INTEGER) STRICT");
    const FAIL: Step = |work| {
        work.execute_batch("CREATE TABLE half (id INTEGER) STRICT")?;
        Err(rusqlite::Error::InvalidQuery)
    };

    fn session() -> Session {
        let text = String::new();
        Session {
            environment: Environment::Mock,
            account: text.clone(),
            build: text.clone(),
            configuration: text,
        }
    }

    fn tables(db: &Connection, name: &str) -> i64 {
        db.query_row("SELECT count(*) FROM sqlite_schema WHERE name = ?1", [name], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_file_is_copied_before_it_is_brought_to_a_newer_form() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j.db");
        let mut db = Connection::open(&path).unwrap();
        create(&mut db, &session(), 0).unwrap();
        migrate_by(&mut db, &path, 1, &[ADD]).unwrap();
        assert_eq!(tables(&db, "added"), 1);
        assert!(matches!(standing(&db).unwrap(), Standing::Form(2)));
        let copy = Connection::open(folder.path().join("j.before-form-2.db")).unwrap();
        assert_eq!(tables(&copy, "added"), 0);
        assert!(matches!(standing(&copy).unwrap(), Standing::Form(1)));
    }

    #[test]
    fn a_step_that_fails_leaves_the_form_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j.db");
        let mut db = Connection::open(&path).unwrap();
        create(&mut db, &session(), 0).unwrap();
        assert!(migrate_by(&mut db, &path, 1, &[ADD, FAIL]).is_err());
        assert_eq!((tables(&db, "added"), tables(&db, "half")), (1, 0));
        assert!(matches!(standing(&db).unwrap(), Standing::Form(2)));
        // The next try goes on from there.
        migrate_by(&mut db, &path, 2, &[FAIL, ADD]).unwrap_err();
        assert!(matches!(standing(&db).unwrap(), Standing::Form(2)), "an added table is not added twice");
    }

    #[test]
    fn a_newer_form_is_told_and_left_alone() {
        let mut db = Connection::open_in_memory().unwrap();
        let fault = migrate(&mut db, Path::new("j.db"), FORM + 1).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "j.db was written by a newer version (form 2; this one knows 1): update the program"
        );
    }
}
