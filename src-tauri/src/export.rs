//! Files that a guardian saves from the window: into the downloads folder, never over another file.

use crate::push::Trouble;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager};

/// No export is longer; 16 MiB is some years of intervals.
const LONGEST: usize = 16 * 1024 * 1024;
/// So many files of one name are enough.
const NUMBERS: u32 = 1000;

/// Writes a new file into the downloads folder of the user, and says where.
#[tauri::command]
pub(crate) async fn save(app: AppHandle, name: String, text: String) -> Result<String, Trouble> {
    let folder = app
        .path()
        .download_dir()
        .or_else(|_| app.path().home_dir())
        .map_err(|error| Trouble::Unsaved { detail: error.to_string() })?;
    tauri::async_runtime::spawn_blocking(move || write_new(&folder, &name, &text))
        .await
        .map_err(|error| Trouble::Unsaved { detail: error.to_string() })?
        .map(|path| path.display().to_string())
        .map_err(|error| Trouble::Unsaved { detail: error.to_string() })
}

/// Writes `text` into a file that was not there: `name`, or the name with the first free number.
fn write_new(folder: &Path, name: &str, text: &str) -> std::io::Result<PathBuf> {
    let refused = |why: &str| std::io::Error::new(ErrorKind::InvalidInput, why.to_owned());
    let (stem, ending) = name
        .rsplit_once('.')
        .filter(|(_, ending)| matches!(*ending, "csv" | "json"))
        .ok_or_else(|| refused("only CSV and JSON are saved"))?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if stem.is_empty() || stem.len() > 100 || !stem.chars().all(plain) {
        return Err(refused("the name is not one of a plain file"));
    }
    if text.len() > LONGEST {
        return Err(refused("it is too long; choose fewer days"));
    }
    std::fs::create_dir_all(folder)?;
    for number in 1..=NUMBERS {
        let path = match number {
            1 => folder.join(name),
            _ => folder.join(format!("{stem} ({number}).{ending}")),
        };
        match File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(refused("the folder is full of files of this name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_never_replaced() {
        let folder = std::env::temp_dir().join(format!("lanh-export-{}", std::process::id()));
        let first = write_new(&folder, "lanh-2026-11.csv", "one").unwrap();
        let second = write_new(&folder, "lanh-2026-11.csv", "two").unwrap();
        assert_eq!(first, folder.join("lanh-2026-11.csv"));
        assert_eq!(second, folder.join("lanh-2026-11 (2).csv"));
        assert_eq!(std::fs::read_to_string(&first).unwrap(), "one");
        assert_eq!(std::fs::read_to_string(&second).unwrap(), "two");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_name_stays_in_the_folder_and_is_of_a_known_kind() {
        let folder = std::env::temp_dir();
        for name in ["../x.csv", "a/b.json", ".csv", "x.sh", "x.desktop", "x", "a b.csv", "C:x.csv"] {
            let error = write_new(&folder, name, "").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}");
        }
    }
}
