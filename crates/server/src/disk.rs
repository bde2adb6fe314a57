//! Room on the disk of the data folder.

use std::io;
use std::path::Path;

/// Below this PostgreSQL cannot write on: it takes its log in pieces of this size.
pub(crate) const FULL_MIB: u64 = 16;

/// What an unprivileged process may still write there, in MiB; the folder itself may be yet to be made.
pub(crate) fn free_mib(data_dir: &Path) -> io::Result<u64> {
    let folder = data_dir.ancestors().find(|path| path.exists());
    // A relative path ends in an empty one, which stands for the working folder.
    let folder = folder.unwrap_or(Path::new("."));
    let stat = rustix::fs::statvfs(folder)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize) / (1024 * 1024))
}
