//! The program's own mails, sent on by programs that make HTML of them: as each of these writes lines, with a slip in any row, the short last one above all.

use countersign::text::Code;
use mail_parser::MessageParser;

use super::own_mails::{SLIPS, loan_mails, mails, whole};

/// A body in the way of one mail program.
type Form = fn(&[&str]) -> String;

const FORMS: [(&str, Form); 10] = [
    ("lines in divs", |lines| {
        each(lines, "<div>", "<br>", "</div>\n")
    }),
    ("paragraphs", |lines| each(lines, "<p>", "<br>", "</p>\n")),
    ("paragraphs, an empty one behind each", |lines| {
        each(lines, "<p>", "", "</p>\n<p>&nbsp;</p>\n")
    }),
    ("paragraphs, three empty ones behind each", |lines| {
        each(
            lines,
            "<p>",
            "",
            "</p>\n<p></p>\n\n<p><br></p>\n<p>&nbsp;</p>\n",
        )
    }),
    ("divs within paragraphs within divs", |lines| {
        each(lines, "<div><p><div>", "<br>", "</div></p></div>\n")
    }),
    ("broken lines", |lines| {
        format!("<div dir=\"ltr\">{}</div>", lines.join("<br>\n"))
    }),
    ("Outlook", |lines| {
        let head = "<html><head><style><!-- p.MsoNormal, li.MsoNormal {margin:0cm;font-size:11.0pt;mso-hide:all} --></style></head>";
        let lines = each(lines, "<p class=MsoNormal>", "", "<o:p></o:p></p>\r\n\r\n");
        let lines = lines.replace("MsoNormal><o:p></o:p>", "MsoNormal><o:p>&nbsp;</o:p>");
        format!(
            "{head}<body lang=EN-US link=\"#0563C1\"><div class=WordSection1>{lines}</div></body></html>"
        )
    }),
    ("Outlook, an empty line behind each", |lines| {
        let behind = "<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>\r\n";
        each(
            lines,
            "<p class=MsoNormal><span style='font-family:\"Calibri\",sans-serif;color:black'>",
            "",
            "</span>",
        )
        .replace("</span>", &format!("</span>{behind}"))
    }),
    ("Gmail, quoted", |lines| {
        let attribution = "<div dir=\"ltr\" class=\"gmail_attr\">On Mon, 23 Nov 2026 at 09:00, Kari &lt;<a href=\"mailto:kari@example.no\">kari@example.no</a>&gt; wrote:<br></div>";
        let quote = "<blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">";
        let lines = lines.join("<br>\n");
        format!(
            "<div dir=\"ltr\">Hi, can you answer this?</div><br><div class=\"gmail_quote\">{attribution}{quote}{lines}<br></blockquote></div>"
        )
    }),
    ("a newsletter's table", |lines| {
        let outer = "<table><tbody><tr><td align=\"left\" style=\"font-size:0px;padding:10px 25px;word-break:break-word;\">";
        let inner = "<div style=\"font-family:Arial;font-size:13px;line-height:1;\">";
        format!(
            "{outer}{inner}{}</div></td></tr></tbody></table>",
            lines.join("<br>")
        )
    }),
];

fn each(lines: &[&str], begin: &str, empty: &str, end: &str) -> String {
    let line = |line: &&str| {
        let line = if line.is_empty() { empty } else { line };
        format!("{begin}{line}{end}")
    };
    lines.iter().map(line).collect()
}

/// The lines that a mail of ours shows.
fn body(mail: &str) -> String {
    let mail = MessageParser::default().parse(mail.as_bytes()).unwrap();
    let text = mail.body_text(0).unwrap();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace("\r\n", "\n")
}

fn as_html(body: &str, form: Form) -> String {
    let head = "From: a@b.c\r\nSubject: hello\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
    let lines: Vec<&str> = body.lines().collect();
    format!("{head}{}", form(&lines))
}

fn read_in_all_forms(mails: Vec<(&'static str, String, Code)>) {
    for (nth, (name, mail, code)) in mails.into_iter().enumerate() {
        let body = body(&mail);
        let rows = code.to_rows().unwrap();
        for (which, (form, write)) in FORMS.into_iter().enumerate() {
            let reading = whole(&format!("{name}, {form}"), &as_html(&body, write));
            assert_eq!(reading.code, code, "{name}, {form}");
            // The short last row every second time, else any.
            let row = match (nth + which) % 2 {
                0 => rows.len() - 1,
                _ => (nth + which / 2) % rows.len(),
            };
            let row = &rows[row];
            // A group of the last row is not always one of several.
            let (slip, spoil) = SLIPS[(nth + which) % (SLIPS.len() - 1)];
            let mut spoiled: Vec<char> = row.chars().collect();
            spoil(&mut spoiled, 1);
            let spoiled: String = spoiled.into_iter().collect();
            let name = format!("{name}, {form}, {slip}, {row} as {spoiled}");
            let reading = whole(
                &name,
                &as_html(&body.replace(row.as_str(), &spoiled), write),
            );
            assert_eq!(reading.code, code, "{name}");
        }
    }
}

#[test]
fn our_mails_are_read_in_the_html_of_every_program() {
    read_in_all_forms(mails());
}

#[test]
fn mails_of_loans_are_read_in_the_html_of_every_program() {
    read_in_all_forms(loan_mails());
}
