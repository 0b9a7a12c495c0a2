//! A folder for a dispute: what happened, what fired each stop, and the proof that nothing was changed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use phantom_model::TradingDay;

use crate::export::{ExportFault, Format, export};
use crate::firing;
use crate::verify::{ReadFault, Verification, verify};
use crate::wall;

/// What a bundle holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bundle {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Facts in the timeline.
    pub facts: u64,
    /// Stops and targets that fired.
    pub firings: u64,
    /// What a look at the journal has shown.
    pub verification: Verification,
}

/// Why there is no bundle. What was written of it is left for a look.
#[derive(Debug, thiserror::Error)]
pub enum BundleFault {
    /// The folder is not empty.
    #[error("{} is not empty; name a new folder", .0.display())]
    NotEmpty(PathBuf),
    /// The journal cannot be read.
    #[error(transparent)]
    Read(#[from] ReadFault),
    /// The timeline cannot be written.
    #[error(transparent)]
    Export(#[from] ExportFault),
    /// A file cannot be written.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Writes a bundle of a whole journal, or of one trading day, into a new or empty folder.
///
/// # Errors
/// [`BundleFault`].
pub fn bundle(path: &Path, folder: &Path, day: Option<TradingDay>) -> Result<Bundle, BundleFault> {
    let at = |path: &Path, source| BundleFault::File { path: path.to_owned(), source };
    fs::create_dir_all(folder).map_err(|source| at(folder, source))?;
    if fs::read_dir(folder).map_err(|source| at(folder, source))?.next().is_some() {
        return Err(BundleFault::NotEmpty(folder.to_owned()));
    }
    let verification = verify(path)?;
    let mut files = Vec::new();
    let mut facts = 0;
    for (name, format) in [("timeline.csv", Format::Csv), ("timeline.jsonl", Format::JsonLines)] {
        let file = folder.join(name);
        let mut out = BufWriter::new(File::create(&file).map_err(|source| at(&file, source))?);
        facts = export(path, format, day, &mut out)?.facts;
        files.push(file);
    }
    let firings = firing::all(path, day)?;
    for (name, text) in [
        ("receipts.csv", firing::table(&firings)),
        ("verification.txt", verification_text(path, &verification)),
        ("versions.txt", versions(&verification)),
        ("README.txt", READ_ME.to_owned()),
    ] {
        let file = folder.join(name);
        fs::write(&file, text).map_err(|source| at(&file, source))?;
        files.push(file);
    }
    let sums = folder.join("checksums.txt");
    let text = checksums(&files).map_err(|source| at(&sums, source))?;
    let mut out = File::create(&sums).map_err(|source| at(&sums, source))?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(|source| at(&sums, source))?;
    files.push(sums);
    Ok(Bundle { files, facts, firings: firings.len() as u64, verification })
}

const READ_ME: &str = "\
timeline.csv      every fact, for a spreadsheet
timeline.jsonl    every fact, for a program; `phantom journal import` reads it when it is a whole journal
receipts.csv      every stop and target that fired: by which trade, and when its exit was decided, sent, acknowledged and filled
verification.txt  whether the journal is what was written, and the hash that stands for all of it
versions.txt      which build of the program wrote what
checksums.txt     BLAKE3 of the files above

Times are UTC. `time` is the market's clock, `recorded` the computer's.
";

/// The result of a look at a journal, for people.
#[must_use]
pub fn verification_text(path: &Path, it: &Verification) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (open, armed) = it.open_lots;
    let found = it.damage.as_ref().map_or_else(|| "nothing is wrong".to_owned(), ToString::to_string);
    let rows = [
        ("Journal", name),
        ("Account", format!("{} {}", it.environment, it.account)),
        ("Runs", it.runs.len().to_string()),
        ("Records", it.records.to_string()),
        ("Open lots", format!("{open}, {armed} of them armed")),
        ("Chain", it.chain.clone()),
        ("State", it.state.to_string()),
        ("Found", found),
    ];
    rows.map(|(label, value)| format!("{label:<10} {value}\n")).concat()
}

fn versions(it: &Verification) -> String {
    let (version, sqlite) = (env!("CARGO_PKG_VERSION"), rusqlite::version());
    let head = format!("bundle made by phantom {version}\nSQLite {sqlite}\n");
    let runs = it.runs.iter().map(|run| {
        let ended = run.ended_ns.map_or_else(|| "no end".to_owned(), wall::text);
        let (id, build, configuration, first) = (run.id, &run.build, &run.configuration, run.first_seq);
        let (began, status) = (wall::text(run.began_ns), run.status.word());
        format!(
            "run {id}: build {build}, configuration {configuration:?}, {began} to {ended}, \
             first fact {first}, {status}\n"
        )
    });
    std::iter::once(head).chain(runs).collect()
}

fn checksums(files: &[PathBuf]) -> io::Result<String> {
    let lines = files.iter().map(|file| {
        let hash = blake3::hash(&fs::read(file)?).to_hex();
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(format!("{hash}  {name}\n"))
    });
    lines.collect()
}
