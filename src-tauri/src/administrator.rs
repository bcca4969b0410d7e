//! The first PIN where the service runs as root and this program does not: the system asks for an
//! administrator's password, and `lanh` sets the PIN with an administrator's rights.

use crate::push::Trouble;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What pkexec ends with when the dialog was dismissed, and when the password or the right was missing.
const NOT_CONFIRMED: [i32; 2] = [126, 127];

/// The programs of an installed Lanh that it takes.
#[derive(Clone, Debug)]
pub(crate) struct Administrator {
    pkexec: PathBuf,
    lanh: PathBuf,
}

impl Administrator {
    /// Where polkit and the action that the package brings are installed, and the service is the installed one.
    pub(crate) fn of_system(socket: &Path) -> Option<Self> {
        let it = Self { pkexec: "/usr/bin/pkexec".into(), lanh: "/usr/bin/lanh".into() };
        let action = Path::new("/usr/share/polkit-1/actions/vn.lanh.policy");
        let is_there = it.pkexec.exists() && it.lanh.exists() && action.exists();
        (is_there && socket == Path::new(lanh_protocol::SYSTEM_SOCKET)).then_some(it)
    }

    /// Sets the first PIN; the recovery code comes back. Waits for as long as the administrator takes.
    pub(crate) fn set_first_pin(&self, secret: &str) -> Result<String, Trouble> {
        let failed = |error: std::io::Error| Trouble::Administrator { detail: Some(error.to_string()) };
        let mut helper = Command::new(&self.pkexec)
            .arg(&self.lanh)
            .args(["first-pin", "--secret-file", "/dev/stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut input) = helper.stdin.take() {
            // A helper that ends before it reads says why by its exit code.
            let _ = writeln!(input, "{secret}");
        }
        let output = helper.wait_with_output().map_err(failed)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        let is_confirmed = output.status.code().is_none_or(|code| !NOT_CONFIRMED.contains(&code));
        let words = String::from_utf8_lossy(&output.stderr).trim().trim_start_matches("lanh: ").to_owned();
        Err(Trouble::Administrator { detail: is_confirmed.then_some(words) })
    }
}

#[cfg(test)]
impl Administrator {
    /// With these programs in place of pkexec and `lanh`.
    pub(crate) fn of(pkexec: &Path, lanh: &Path) -> Self {
        Self { pkexec: pkexec.to_owned(), lanh: lanh.to_owned() }
    }
}
