//! The certificate of a license, which a customer prints or keeps, and hands over where a code was asked for.

use std::fs;

use crate::world::World;

#[test]
fn a_page_has_the_key_and_what_was_sold() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--bind", "server"]);
    let customer = "Björk <script>alert(1)</script> & \"Söhne\" 'AS'";
    let mut sale = vec![
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        customer,
    ];
    sale.extend(["--seats", "3", "--order", "PO-1"]);
    let key = desk.run(sale).done().stdout.trim().to_owned();
    let page = desk.run(["license", "certificate", &key]).done().stdout;
    for part in [
        &format!("<p class=\"key\">{key}</p>"),
        "Björk &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Söhne&quot; &#39;AS&#39;",
        "<tr><th>seats</th><td>3</td></tr>",
        "<tr><th>order</th><td>PO-1</td></tr>",
        &format!("<pre>countersign request activate {key} --bind server=</pre>"),
        "After each = write",
        "<svg",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    // It loads nothing, and nothing in it is a program.
    for part in ["<script", "http://", "https://", "src=", "url(", "@import"] {
        let without = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!without.contains(part), "{part}\n{page}");
    }
    // What it says is typed as it stands.
    let ship = world.machine("ship");
    ship.install(&file);
    let request = ship
        .run(["request", "activate", &key, "--bind", "server=hull"])
        .done();
    ship.apply(&desk.respond(&request.code()).done().stdout);
    let out = world.path().join("page.html");
    let file = out.to_str().unwrap();
    let object = desk
        .run(["license", "certificate", &key, "-o", file])
        .json();
    assert_eq!(object["html"], page.as_str());
    assert_eq!(fs::read_to_string(&out).unwrap(), page);
}

#[test]
fn what_is_not_answered_has_none() {
    let world = World::new();
    let (desk, _, key) = world.sold(&[], &[]);
    let page = |key: &str| desk.run(["license", "certificate", key]);
    page("828-150-156-1139").refused(4, "unknown_key");
    let other = desk.sell("survey", &[]);
    let reason = ["--reason", "by mistake"];
    desk.run(["license", "void", &other, reason[0], reason[1]])
        .done();
    page(&other).refused(6, "void");
    desk.run(["license", "revoke", &key, reason[0], reason[1]])
        .done();
    page(&key).refused(6, "revoked");
}

/// Customers hand over what they have: the page itself, what they copied from a browser, or a photo of it.
#[test]
fn a_machine_that_is_given_the_page_says_what_to_do_with_the_key() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let page = desk.run(["license", "certificate", &key]).done().stdout;
    let words = page.replace("</th><td>", "\t").replace("</p>", "\n");
    let mut copied = String::new();
    let mut inside = false;
    for c in words.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => copied.push(c),
            _ => {}
        }
    }
    let quoted: String = copied.lines().map(|line| format!("> {line}\n")).collect();
    let short = format!("Hello,\nwe bought {key}, what now?\n");
    for handed in [&page, &copied, &quoted, &short] {
        ship.run(["apply"])
            .piped(handed)
            .refused(4, "wrong_kind")
            .tells(&format!("countersign request activate {key}"));
    }
    #[cfg(feature = "photos")]
    {
        let photo = world.path().join("page.png");
        let drawn = countersign::text::qr::Picture::new(&key).unwrap();
        fs::write(&photo, drawn.png()).unwrap();
        ship.run(["apply"])
            .arg(&photo)
            .refused(4, "wrong_kind")
            .tells("this is a license key, not a code");
    }
}
