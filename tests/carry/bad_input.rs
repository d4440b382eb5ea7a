//! What is no code, at the desk and at the machine: its exit code, its kind, what to do, and nothing changed.

use std::fs::File;
use std::path::Path;

use crate::world::{Desk, Machine, Run, World};

/// A machine that waits for its answer, and a desk that could give it.
struct Pair<'w> {
    desk: Desk<'w>,
    ship: Machine<'w>,
    request: String,
    answer: String,
}

impl<'w> Pair<'w> {
    fn new(world: &'w World) -> Pair<'w> {
        let desk = world.desk("desk");
        let file = desk.product("survey", &[]);
        let key = desk.sell("survey", &["--seats", "2"]);
        let ship = world.machine("ship");
        ship.install(&file);
        let request = ship.request(&key);
        let answer = desk.answer(&request);
        Pair {
            desk,
            ship,
            request,
            answer,
        }
    }

    /// Each command that takes a code, with the code that it takes.
    fn each(&self) -> [(Run<'w>, &str); 2] {
        [
            (self.desk.run(["respond"]), &self.request),
            (self.ship.run(["apply"]), &self.answer),
        ]
    }
}

fn noise(length: u32) -> Vec<u8> {
    let mut state = 0x2545_f491_u32;
    let byte = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 11) as u8
    };
    (0..length).map(byte).collect()
}

/// The code with so many symbols changed that nothing can mend it.
fn spoiled(code: &str, nth: usize) -> String {
    let mut spoiled = code.as_bytes().to_vec();
    for at in (10 + nth % 5..spoiled.len()).step_by(6) {
        // Never what stood there: with one wrong character less a row can be mended, and then it is a request.
        let other = b"23456789"[(at * nth) % 8];
        spoiled[at] = if other == spoiled[at] { b'A' } else { other };
    }
    String::from_utf8(spoiled).unwrap()
}

#[test]
fn nothing_at_all() {
    let world = World::new();
    for (run, _) in Pair::new(&world).each() {
        run.clone().arg("").refused(3, "no_code");
        run.clone().arg(" \t ").refused(3, "no_code");
        run.clone()
            .piped("")
            .refused(3, "no_code")
            .tells("standard input is empty");
        run.clone()
            .piped(" \r\n\t\n")
            .refused(3, "no_code")
            .tells("standard input is empty");
        world.file("empty.eml", "");
        run.clone()
            .arg("empty.eml")
            .refused(3, "no_code")
            .tells("empty.eml is empty");
        // No-break spaces and byte order marks are white, too.
        run.clone()
            .piped("\u{feff}\u{a0}\u{2003}\n")
            .refused(3, "no_code");
    }
}

#[test]
fn pictures_that_show_no_code() {
    let world = World::new();
    // Without the part that reads pictures the program says just that.
    let kind = |kind| {
        if cfg!(feature = "photos") {
            kind
        } else {
            "pictures_not_read"
        }
    };
    let mut white = Vec::new();
    let mut encoder = png::Encoder::new(&mut white, 200, 200);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[255; 200 * 200]).unwrap();
    drop(writer);
    world.file("white.png", &white);
    let menu = countersign::text::qr::Picture::new("https://example.com/menu").unwrap();
    world.file("menu.png", menu.png());
    for (run, _) in Pair::new(&world).each() {
        run.clone()
            .arg("white.png")
            .refused(3, kind("picture_without_code"));
        run.clone()
            .arg("@menu.png")
            .refused(3, kind("picture_of_something_else"));
        run.clone()
            .piped(&white)
            .refused(3, kind("picture_without_code"));
    }
}

#[test]
fn megabytes_of_noise() {
    let world = World::new();
    world.file("noise.bin", noise(12 << 20));
    for (run, _) in Pair::new(&world).each() {
        let object = run.arg("noise.bin").with_json_exits(3);
        let error = &object["error"];
        assert_eq!(error["kind"], "no_code", "{object}");
        let hint = error["hint"].as_str().unwrap();
        assert!(hint.contains("only the first MiB is looked at"), "{object}");
    }
}

#[test]
fn near_codes_and_a_good_one_among_a_hundred() {
    let world = World::new();
    for (run, code) in Pair::new(&world).each() {
        let near: Vec<String> = (1..=100).map(|nth| spoiled(code, nth)).collect();
        let heap = near.join("\n\nand another:\n");
        let said = run.clone().piped(&heap).refused(3, "damaged");
        assert!(said.stderr.contains("row "), "{said}");
        let among = format!("{heap}\n\nand the last:\n{code}\n\nRegards\n");
        run.piped(among).done();
    }
}

#[test]
fn bytes_that_are_no_text_around_and_in_a_code() {
    let world = World::new();
    for (run, code) in Pair::new(&world).each() {
        let (first, second) = code.split_at(code.len() / 2);
        let nul = format!("{first}\0{second}");
        run.clone().piped(nul).done();
        let mut bytes = b"\xff\xfe\x80\xc3(\xa0\xa1\n\xe2\x82 ".to_vec();
        // UTF-8 that is none must not be taken for UTF-16 by its first two bytes alone.
        bytes.remove(0);
        bytes.extend(code.as_bytes());
        bytes.extend(b"\n\xf0\x9f\x92 \xc0\xaf \xed\xa0\x80\n");
        let said = run.clone().piped(&bytes).done();
        assert!(!said.stderr.contains("corrected"), "{said}");
    }
}

#[test]
fn a_file_of_a_gigabyte_is_not_read() {
    let world = World::new();
    let large = world.path().join("tmp/large.img");
    File::create(&large).unwrap().set_len(1 << 30).unwrap();
    let large = large.to_str().unwrap();
    for (run, _) in Pair::new(&world).each() {
        for given in [large, &format!("@{large}")] {
            run.clone()
                .arg(given)
                .refused(3, "too_large")
                .tells("large.img is too large to look for a code in: 1024 MiB");
        }
    }
}

/// Whoever would read to the end would never answer.
#[cfg(unix)]
#[test]
fn input_without_end_is_read_to_a_limit() {
    let world = World::new();
    for (run, _) in Pair::new(&world).each() {
        run.clone()
            .after("exec < /dev/zero")
            .refused(3, "too_large")
            .tells("standard input is too large to look for a code in: more than 16 MiB");
        run.arg("@/dev/zero").refused(3, "too_large");
    }
}

#[test]
fn what_is_no_file() {
    let world = World::new();
    std::fs::create_dir(world.path().join("files/mails")).unwrap();
    std::fs::create_dir(world.path().join("files/mails.d")).unwrap();
    for (run, _) in Pair::new(&world).each() {
        for directory in ["mails", "@mails", "mails.d", "./mails", "."] {
            run.clone()
                .arg(directory)
                .refused(1, "no_file")
                .tells("is a directory, not a file");
        }
        for nowhere in ["answer.eml", "@answer", "mails/answer", "@mails/answer.eml"] {
            let name = Path::new(nowhere.trim_start_matches('@')).to_str().unwrap();
            run.clone()
                .arg(nowhere)
                .refused(1, "no_file")
                .tells(&format!("{name} cannot be read"));
        }
        run.clone()
            .arg("answer")
            .refused(3, "no_code")
            .tells("there is no file of this name");
        for product in [
            "countersign product v1\nid: survey\n",
            "countersign product v1\n",
        ] {
            run.clone()
                .arg(world.file("survey.txt", product))
                .refused(4, "wrong_kind")
                .tells("countersign product install");
        }
    }
}

/// A name that is no UTF-8, as an old disk has it.
#[cfg(target_os = "linux")]
#[test]
fn a_file_may_be_called_anything() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::new();
    let name = std::ffi::OsStr::from_bytes(b"br\xf8n.eml");
    for (run, code) in Pair::new(&world).each() {
        run.clone().arg(name).refused(1, "no_file");
        let path = world.path().join("files").join(name);
        std::fs::write(&path, code).unwrap();
        run.arg(name).done();
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_picture_is_written_where_an_equals_sign_says() {
    let world = World::new();
    let Pair {
        desk,
        request,
        answer,
        ..
    } = Pair::new(&world);
    // The code after --qr is the code.
    let drawn = desk.run(["respond", "--qr", &request]).done();
    assert!(drawn.stdout.ends_with(&format!("{answer}\n")), "{drawn}");
    let said = desk.run(["respond", "--qr=answer.svg", &request]).done();
    assert_eq!(said.code(), answer);
    assert!(world.path().join("files/answer.svg").is_file());
    // Whoever writes it without one is told, and no picture is taken for part of a code.
    desk.run(["respond", "--qr", "answer.png", &request])
        .refused(2, "usage")
        .tells("--qr=FILE");
    // Two files at once are not one code.
    world.file("request.eml", &request);
    desk.run(["respond", "request.eml", "request.eml"])
        .refused(2, "usage")
        .tells("request.eml is no part of a code");
    desk.run(["respond", "--qr=answer.gif", &request])
        .refused(2, "usage");
}

/// One license key or several, where a code is wanted.
#[test]
fn keys_are_named_as_keys() {
    let world = World::new();
    let one = "123-456-789-0135";
    for (run, _) in Pair::new(&world).each() {
        for (typed, words) in [
            (one.to_owned(), "this is a license key, not a code"),
            (format!("{one}.0"), "this is a license key, not a code"),
            (format!("{one}\n{one}\n"), "these are 2 license keys"),
        ] {
            let refused = run.clone().piped(&typed).refused(4, "wrong_kind");
            refused.tells(words).tells("request activate");
        }
    }
}
