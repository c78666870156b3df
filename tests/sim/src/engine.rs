//! The ledger that a schedule runs on. Memory answers at once; the SQL engines have a runtime of their own, and a call
//! ends within the poll that makes it, so that the order of everything is the same on all three.

use std::any::Any;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use futures::FutureExt as _;
use portico_ledger::testing::fresh_postgres;
use portico_ledger::{Ledger, MemoryLedger, migrate, open};
use tokio::runtime::Runtime;

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Memory,
    Sqlite,
    Postgres,
}

pub struct Engine {
    pub ledger: Arc<dyn Ledger>,
    runtime: Option<Runtime>,
    _place: Box<dyn Any + Send + Sync>,
}

/// An empty, migrated SQLite database, made once a process and copied for each schedule.
static TEMPLATE: Mutex<Option<Arc<tempfile::TempDir>>> = Mutex::new(None);

impl Engine {
    /// A fresh one.
    ///
    /// # Errors
    /// When a database cannot be made.
    pub fn fresh(kind: Kind) -> Result<Self> {
        match kind {
            Kind::Memory => Ok(Self { ledger: Arc::new(MemoryLedger::new()), runtime: None, _place: Box::new(()) }),
            Kind::Sqlite => sqlite(),
            Kind::Postgres => postgres(),
        }
    }

    /// Makes a call, to its end.
    ///
    /// # Panics
    /// When the memory ledger waits, which it never does.
    #[expect(clippy::expect_used, reason = "a ledger in memory that waits is no ledger this can run on")]
    pub fn run<T>(&self, call: impl Future<Output = T>) -> T {
        let mut answer = None;
        match &self.runtime {
            Some(runtime) => {
                // One future for the runtime, whatever the call: its machinery is compiled once.
                let mut call: Pin<&mut dyn Future<Output = ()>> = std::pin::pin!(async { answer = Some(call.await) });
                runtime.block_on(&mut call);
            }
            None => answer = call.now_or_never(),
        }
        answer.expect("the memory ledger answers at once")
    }
}

fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

fn sqlite() -> Result<Engine> {
    let runtime = runtime()?;
    let template = template(&runtime)?;
    let folder = folder()?;
    // With its log: what was written last may lie there.
    for file in std::fs::read_dir(template.path())? {
        let file = file?;
        std::fs::copy(file.path(), folder.path().join(file.file_name()))?;
    }
    let path = folder.path().join("cell.db");
    let ledger = runtime.block_on(open(&format!("sqlite://{}", path.display())))?;
    Ok(Engine { ledger, runtime: Some(runtime), _place: Box::new(folder) })
}

/// In memory where the machine has a folder there: nothing here asks whether a disk keeps its word.
fn folder() -> Result<tempfile::TempDir> {
    let shared = std::path::Path::new("/dev/shm");
    let made = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() };
    made.context("no folder for a database")
}

fn template(runtime: &Runtime) -> Result<Arc<tempfile::TempDir>> {
    let mut template = TEMPLATE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(made) = &*template {
        return Ok(Arc::clone(made));
    }
    let folder = folder()?;
    runtime.block_on(migrate(&format!("sqlite://{}/cell.db", folder.path().display())))?;
    let made = Arc::new(folder);
    *template = Some(Arc::clone(&made));
    Ok(made)
}

fn postgres() -> Result<Engine> {
    let runtime = runtime()?;
    let (url, guard) = runtime.block_on(fresh_postgres());
    runtime.block_on(migrate(&url))?;
    // Nobody here pulls the plug, so a commit need not wait for the disk.
    let joint = if url.contains('?') { '&' } else { '?' };
    let ledger = runtime.block_on(open(&format!("{url}{joint}options[synchronous_commit]=off")))?;
    Ok(Engine { ledger, runtime: Some(runtime), _place: Box::new(guard) })
}
