//! PostgreSQL of an earlier run: a server killed with -9 leaves its postmaster behind.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal};

use super::error::StartError;
use super::signal_unless_gone;

const STEP: Duration = Duration::from_millis(50);
const STEPS_BEFORE_QUIT: u32 = 600;
const STEPS_BEFORE_GIVING_UP: u32 = 800;

/// Stops every process that works in the cluster's folder, then clears the pid file they left.
///
/// The caller holds the folder's lock, so they serve nobody. They are known by their working
/// directory, not by the pid file: its number may meanwhile belong to someone else.
pub(super) async fn stop(cluster: &Path) -> Result<(), StartError> {
    let mut step = 0;
    loop {
        let processes = processes_in(cluster);
        if processes.is_empty() {
            break;
        }
        if step == 0 {
            tracing::warn!(?processes, "stopping PostgreSQL of an earlier run");
        }
        if step == 0 || step == STEPS_BEFORE_QUIT {
            let postmaster = postmaster(cluster).filter(|pid| processes.contains(pid));
            let signal = if step == 0 { Signal::INT } else { Signal::QUIT };
            match postmaster {
                Some(pid) => signal_unless_gone(pid, signal),
                // Backends without a postmaster: TERM ends their session, INT only their statement.
                None => processes.iter().for_each(|pid| {
                    signal_unless_gone(
                        *pid,
                        if step == 0 {
                            Signal::TERM
                        } else {
                            Signal::QUIT
                        },
                    );
                }),
            }
        }
        if step == STEPS_BEFORE_GIVING_UP {
            return Err(StartError::Orphans {
                cluster: cluster.to_owned(),
                processes: processes
                    .iter()
                    .map(|pid| pid.as_raw_nonzero().get())
                    .collect(),
            });
        }
        step += 1;
        tokio::time::sleep(STEP).await;
    }
    let pid_file = cluster.join("postmaster.pid");
    match fs::remove_file(&pid_file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StartError::Io {
            action: "remove",
            path: pid_file,
            source: error,
        }),
        _ => Ok(()),
    }
}

fn postmaster(cluster: &Path) -> Option<Pid> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
}

fn processes_in(cluster: &Path) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(Result::ok)
        .filter(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == cluster))
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .collect()
}
