//! Writes the test vectors of SPEC.md 12 into a directory, and the worked example of SPEC.md 11 to the standard output.
//!
//! `cargo run --example make_vectors -- tests/vectors`

mod cases;

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let Some(directory) = env::args_os().nth(1) else {
        return Err(io::Error::other("give the directory to write to"));
    };
    let directory = Path::new(&directory);
    for category in cases::CATEGORIES {
        let category = directory.join(category);
        fs::create_dir_all(&category)?;
        for entry in fs::read_dir(&category)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy());
            // Those are written by the independent implementation, or by hand.
            if name.is_some_and(|name| !name.starts_with("extra-")) {
                fs::remove_file(path)?;
            }
        }
    }
    for file in cases::all() {
        fs::write(directory.join(file.path()), file.text())?;
    }
    print!("{}", cases::worked::example());
    Ok(())
}
