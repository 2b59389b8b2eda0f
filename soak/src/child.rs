//! The process of the server.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use online_contact_test_kit::{Program, command};
use tokio::task::{block_in_place, spawn_blocking};
use tokio::time::timeout;

use crate::Result;
use crate::plan::Plan;

/// The timeout of the stop.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Child {
    id: u32,
    pub(crate) address: SocketAddr,
    program: Mutex<Program>,
}

impl Child {
    /// Starts the server: this program with another argument.
    pub(crate) fn start(plan: &Plan) -> Result<Self> {
        let path = std::env::current_exe()?;
        let mut command = command(path.to_str().ok_or("the path of the program is not UTF-8")?);
        command.arg("--serve").args(plan.flag).stdin(Stdio::piped());
        let program = Program::try_start(command)?;
        Ok(Self { id: program.id(), address: program.address(), program: Mutex::new(program) })
    }

    /// Returns the bytes of the body budget in use.
    pub(crate) fn used(&self) -> Result<u64> {
        self.ask("used")
    }

    /// Replaces the keys.
    pub(crate) fn replace_keys(&self, labels: &[String]) -> Result<()> {
        self.ask(&format!("keys {}", labels.join(" "))).map(drop)
    }

    fn ask(&self, question: &str) -> Result<u64> {
        block_in_place(|| {
            let mut program = self.program.lock().unwrap_or_else(PoisonError::into_inner);
            program.write(format!("{question}\n").as_bytes())?;
            Ok(program.line().ok_or("the server exited early")?.parse()?)
        })
    }

    /// Returns the peak memory, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64> {
        let file = format!("/proc/{}/status", self.id);
        let status = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB"))
            .ok_or("/proc reports no VmHWM")?;
        Ok(kib.trim().parse::<u64>()? * 1024)
    }

    /// Returns the number of open descriptors.
    pub(crate) fn descriptors(&self) -> Result<usize> {
        let folder = format!("/proc/{}/fd", self.id);
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{folder}: {error}"))?;
        Ok(entries.count())
    }

    /// Stops the server, which ends with its stdin. Returns `None` if it does not exit in time.
    pub(crate) async fn stop(self) -> Result<Option<ExitStatus>> {
        let program = self.program.into_inner().unwrap_or_else(PoisonError::into_inner);
        match timeout(PATIENCE, spawn_blocking(|| program.exit())).await {
            Ok(status) => Ok(Some(status?)),
            Err(_) => Ok(None),
        }
    }
}
