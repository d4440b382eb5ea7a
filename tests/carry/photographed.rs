//! QR pictures out, photos in. What cannot be read has a message and exit code 3.

use std::fs;
use std::io::Cursor;

use countersign::text::photo;
use countersign::text::qr::{self, Picture};
use countersign::text::{Code, Kind, read};
use image::{GrayImage, ImageFormat, Luma};

use super::World;
use crate::world::json;

/// A picture of `text`, three pixels to a module, upright in the middle of a gray table.
fn on_a_table(text: &str) -> GrayImage {
    let png = Picture::new(text).unwrap().png();
    let code = image::load_from_memory(&png).unwrap().to_luma8();
    let (width, height) = code.dimensions();
    let code = image::imageops::resize(
        &code,
        width * 5 / 8,
        height * 5 / 8,
        image::imageops::FilterType::Triangle,
    );
    let mut table = GrayImage::from_fn(560, 480, |x, y| Luma([(90 + (x * 7 + y * 13) % 40) as u8]));
    let at = |all: u32, part: u32| i64::from(all - part) / 2;
    let place = (at(560, code.width()), at(480, code.height()));
    image::imageops::overlay(&mut table, &code, place.0, place.1);
    table
}

/// Each pixel of the photo shows the point of the table that `from` says.
fn seen(table: &GrayImage, from: impl Fn(f64, f64) -> (f64, f64)) -> GrayImage {
    let (width, height) = table.dimensions();
    GrayImage::from_fn(width, height, |x, y| {
        let (x, y) = from(
            f64::from(x) - f64::from(width) / 2.0,
            f64::from(y) - f64::from(height) / 2.0,
        );
        let (x, y) = (x + f64::from(width) / 2.0, y + f64::from(height) / 2.0);
        if x < 0.0 || y < 0.0 || x >= f64::from(width - 1) || y >= f64::from(height - 1) {
            return Luma([60]);
        }
        let (x0, y0) = (x as u32, y as u32);
        let (fx, fy) = (x - x.floor(), y - y.floor());
        let at = |x, y| f64::from(table.get_pixel(x, y).0[0]);
        let top = at(x0, y0) * (1.0 - fx) + at(x0 + 1, y0) * fx;
        let bottom = at(x0, y0 + 1) * (1.0 - fx) + at(x0 + 1, y0 + 1) * fx;
        Luma([(top * (1.0 - fy) + bottom * fy) as u8])
    })
}

fn turned(table: &GrayImage, degrees: f64) -> GrayImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    seen(table, |x, y| (x * cos - y * sin, x * sin + y * cos))
}

fn slanted(table: &GrayImage, by: f64) -> GrayImage {
    seen(table, |x, y| {
        let depth = 1.0 + by * y / 240.0;
        (x * depth, y * depth)
    })
}

fn file(photo: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    photo.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn answer() -> Code {
    Code::new(
        Kind::Grant,
        (0..95).map(|n: u8| n.wrapping_mul(89)).collect(),
    )
}

#[test]
fn turned_blurred_and_slanted_photos_are_read() {
    let code = answer();
    let table = on_a_table(&qr::content(&code).unwrap());
    let mut photos = Vec::new();
    for degrees in [0.0, 7.0, 33.0, 90.0, 131.0, 180.0] {
        photos.push((format!("turned by {degrees}"), turned(&table, degrees)));
    }
    for sigma in [0.8, 1.5] {
        photos.push((
            format!("blurred by {sigma}"),
            image::imageops::blur(&table, sigma),
        ));
        photos.push((
            format!("turned and blurred by {sigma}"),
            image::imageops::blur(&turned(&table, 12.0), sigma),
        ));
    }
    for by in [-0.15, 0.15, 0.25] {
        photos.push((format!("slanted by {by}"), slanted(&table, by)));
        photos.push((
            format!("slanted by {by} and turned"),
            turned(&slanted(&table, by), 9.0),
        ));
    }
    let formats = [ImageFormat::Png, ImageFormat::Jpeg].into_iter().cycle();
    let unread: Vec<&String> = photos
        .iter()
        .zip(formats)
        .filter(|((_, photo), format)| {
            let texts = photo::texts(&file(photo, *format)).unwrap_or_default();
            !texts
                .iter()
                .any(|text| read(text, &[]).is_ok_and(|reading| reading.code == code))
        })
        .map(|((name, _), _)| name)
        .collect();
    assert!(
        unread.is_empty(),
        "not read: {unread:?} of {}",
        photos.len()
    );
}

#[test]
fn a_large_photo_with_a_small_code_is_read() {
    let code = answer();
    let table = on_a_table(&qr::content(&code).unwrap());
    let mut wall = GrayImage::from_pixel(2400, 1800, Luma([140]));
    image::imageops::overlay(&mut wall, &table, 1500, 300);
    let texts = photo::texts(&file(&wall, ImageFormat::Jpeg)).unwrap();
    assert_eq!(read(&texts[0], &[]).unwrap().code, code);
}

#[test]
fn a_picture_goes_from_machine_to_desk_and_back() {
    let world = World::new();
    for code_output in [
        &["--qr=request.png"][..],
        &["--qr=request.png", "--code-only"],
    ] {
        let plain = world.request(code_output);
        assert_eq!(
            plain,
            world.request(&[]),
            "the code itself stays on standard output"
        );
        let response = world.ok("desk", &["respond", "request.png", "--qr=response.png"]);
        assert_eq!(
            response,
            world.ok_with("desk", &["respond"], plain.as_bytes())
        );
    }
    world.ok("machine", &["apply", "@response.png"]);
    world.request(&["--new", "--qr=request.svg"]);
    let svg = fs::read_to_string(world.path("request.svg")).unwrap();
    assert!(svg.contains("<svg") && svg.contains("</svg>"));
}

#[test]
fn a_phone_that_sees_a_request_writes_a_mail() {
    let world = World::new();
    let object = json::read(
        &["request", "activate"],
        &world.request(&["--qr", "--json"]),
    );
    let address = object["qr_text"].as_str().unwrap();
    assert!(
        address.starts_with("mailto:desk@example.com?subject=") && address.is_ascii(),
        "{address}"
    );
    let mail = qr::from_mailto(address).unwrap();
    assert!(
        mail.contains("server db1")
            && mail.contains("database plant ærø")
            && mail.contains(&world.key),
        "{mail}"
    );
    let drawn = world.request(&["--qr"]);
    assert!(
        drawn.lines().all(|line| line.chars().count() <= 80) && !drawn.contains('\x1b'),
        "{drawn}"
    );
}

#[test]
fn what_cannot_be_read_says_so() {
    let world = World::new();
    let blank = GrayImage::from_pixel(300, 200, Luma([200]));
    let other = Picture::new("https://example.com/menu").unwrap().png();
    let mut cut = Picture::new("REQ1:ABC").unwrap().png();
    cut.truncate(cut.len() / 2);
    let cases = [
        (
            world.write("blank.png", file(&blank, ImageFormat::Png)),
            "picture_without_code",
        ),
        (
            world.write("blank.jpg", file(&blank, ImageFormat::Jpeg)),
            "picture_without_code",
        ),
        (world.write("other.png", other), "picture_of_something_else"),
        (world.write("cut.png", cut), "picture_damaged"),
        (
            world.write("cut.jpg", &file(&blank, ImageFormat::Jpeg)[..200]),
            "picture_damaged",
        ),
        (world.write("some.gif", "GIF89a\0\0\0"), "picture_format"),
    ];
    for (name, kind) in cases {
        let object = world.json("machine", &["apply", &name]);
        assert_eq!(
            (&object["error"]["exit"], &object["error"]["kind"]),
            (&3.into(), &kind.into()),
            "{name}"
        );
        assert!(!object["error"]["hint"].as_str().unwrap().is_empty());
    }
    let done = world.run(
        "machine",
        &[
            "request",
            "activate",
            &world.key,
            "--bind",
            "server=a",
            "--bind",
            "database=b",
            "--qr=picture.gif",
        ],
    );
    assert_eq!((done.exit, done.out.as_str()), (2, ""));
}
