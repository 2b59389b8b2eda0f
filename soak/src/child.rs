//! The process of the server.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child as Process, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::Result;
use crate::plan::Plan;

/// The timeout of a command, and of the stop.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Child {
    process: Process,
    id: u32,
    pub(crate) address: SocketAddr,
    admin: Mutex<Admin>,
}

struct Admin {
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Child {
    /// Starts the server: this program with another argument.
    pub(crate) async fn start(plan: &Plan) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("--serve")
            .args(plan.flag)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let to = process.stdin.take().ok_or("the server has no stdin")?;
        let from = process.stdout.take().ok_or("the server has no stdout")?;
        let mut admin = Admin { to, from: BufReader::new(from).lines() };
        let address = admin.next().await?.parse()?;
        let id = process.id().ok_or("the server exited at once")?;
        Ok(Self { process, id, address, admin: Mutex::new(admin) })
    }

    /// Returns the bytes of the body budget in use.
    pub(crate) async fn used(&self) -> Result<u64> {
        self.admin.lock().await.ask("used").await
    }

    /// Replaces the keys. Returns the bytes of the body budget in use.
    pub(crate) async fn replace_keys(&self, labels: &[String]) -> Result<u64> {
        self.admin.lock().await.ask(&format!("keys {}", labels.join(" "))).await
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

    /// Stops the server. Returns `None` if it does not exit in time.
    pub(crate) async fn stop(mut self) -> Result<Option<ExitStatus>> {
        self.admin.into_inner().to.write_all(b"stop\n").await?;
        match timeout(PATIENCE, self.process.wait()).await {
            Ok(status) => Ok(Some(status?)),
            Err(_) => Ok(None),
        }
    }
}

impl Admin {
    async fn ask(&mut self, question: &str) -> Result<u64> {
        self.to.write_all(format!("{question}\n").as_bytes()).await?;
        Ok(self.next().await?.parse()?)
    }

    async fn next(&mut self) -> Result<String> {
        let line = timeout(PATIENCE, self.from.next_line()).await;
        let line =
            line.map_err(|_| format!("no response from the server within {PATIENCE:?}"))??;
        Ok(line.ok_or("the server exited early")?)
    }
}
