//! A PostgreSQL of a department's own, in a folder of its own: started and stopped by the test.

use crate::Folder;
use anyhow::{Context, Result, ensure};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The least that can be asked.
const ALIVE: &str = "\\conninfo";
/// How long a start is waited for: so often, a tenth of a second each.
const LOOKS_MAX: u32 = 300;

/// A running server. It goes with the test.
pub struct Database {
    child: Child,
    port: u16,
    // Goes last.
    folder: Folder,
}

impl Database {
    /// Makes a cluster and starts it. A server never runs as root, so root starts it as `postgres`.
    pub fn start() -> Result<Self> {
        let folder = Folder::new("postgres")?;
        if is_root()? {
            ensure!(Command::new("chown").arg("postgres").arg(folder.path()).status()?.success(), "chown");
        }
        let cluster = folder.join("cluster");
        let made = program("initdb")?
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&cluster)
            .stdout(Stdio::null())
            .status()?;
        ensure!(made.success(), "initdb ended with {made}");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = program("postgres")?
            .arg("-D")
            .arg(&cluster)
            .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-c", "fsync=off", "-k"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let database = Self { child, port, folder };
        for _ in 0..LOOKS_MAX {
            if database.run(ALIVE).is_ok() {
                return Ok(database);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        anyhow::bail!("PostgreSQL did not start")
    }

    /// Where it is, for those who ask it.
    pub fn address(&self) -> String {
        format!("host=127.0.0.1 port={} user=postgres dbname=postgres", self.port)
    }

    /// Runs statements.
    pub fn run(&self, sql: &str) -> Result<()> {
        let port = self.port.to_string();
        let ended = program("psql")?
            .args([
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-U",
                "postgres",
                "-p",
                &port,
                "-c",
                sql,
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()?;
        ensure!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        Ok(())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The server's own way to stop; what was started through another user's shell is not ours to signal by its parent.
        if let Ok(mut stop) = program("pg_ctl") {
            let cluster = self.folder.join("cluster");
            let stopped = stop.args(["-m", "immediate", "-D"]).arg(cluster).arg("stop").stdout(Stdio::null());
            let _ = stopped.status();
        }
        let _ = self.child.wait();
    }
}

fn is_root() -> Result<bool> {
    let id = Command::new("id").arg("-u").output()?;
    Ok(String::from_utf8_lossy(&id.stdout).trim() == "0")
}

/// A program of PostgreSQL, run as somebody who may.
fn program(name: &str) -> Result<Command> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .context("PostgreSQL is not installed: apt-get install postgresql")?
        .filter_map(|version| Some(version.ok()?.path().join("bin").join(name)))
        .filter(|path| path.exists())
        .collect();
    versions.sort();
    let path = versions.pop().with_context(|| format!("PostgreSQL has no {name}"))?;
    if !is_root()? {
        return Ok(Command::new(path));
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
        .arg(path)
        .current_dir(Path::new("/"));
    Ok(command)
}
