//! What is seen of a page, and what it costs to tell.

use super::super::super::meter::work;
use super::to_text;

/// What never ends, or ends far behind, is looked through once and not from each beginning.
#[test]
fn no_shape_costs_more_than_its_length() {
    const TIMES: usize = 1000;
    for shape in [
        "<!--",
        "<!-- >",
        "<a",
        "<a <!--",
        "<1",
        "<",
        "</",
        "<!",
        "&",
        "&#",
        "&amp",
        "<p &",
        "<a>",
        "<b>",
        "</b>",
        "<p><b style='color:red'>",
        "<p><b style=color:red></p>",
        "<li>",
        "<div>",
        "</div>",
        "<td><tr><table>",
        "<x>",
        "<span></div>",
        "<style>",
        "</style",
        "<title></",
        "<p a='",
        "<style>.a{.b{",
        "<style>@media x{",
        "<i><a></b>",
        "<style>.a{opacity:0}</style><i class=a>",
        "<svg width=0>",
    ] {
        for end in ["", ">", "-->", " --> >", "</style>", "'>"] {
            let html = shape.repeat(TIMES) + end;
            let mut text = String::new();
            let cost = work::of(|| text = to_text(&html));
            assert!(cost <= 70 * html.len() as u64, "{shape} {end}: {cost}");
            assert!(text.len() <= html.len(), "{shape} {end}");
        }
    }
}

#[test]
fn ends_are_found_behind_what_was_passed_over() {
    for (html, text) in [
        ("<!--><b>x</b>-->y", "x-->y"),
        ("<!-- x --!>y", "y"),
        ("a<!-- never <b>x</b> <i>y", "a"),
        ("a <b title='never>x</b>", "a "),
        ("<b>1</b><!-- 2 --><i>3</i><!-- 4 -->5", "135"),
        ("<b><b>>", ">"),
        ("<b title=\"1>2\">3</b>", "3"),
        ("1</ b>2<?xml ?>3</>4", "1234"),
        ("<b title=it's>1</b>2'>3", "12'>3"),
    ] {
        assert_eq!(to_text(html), text, "{html}");
    }
}

/// Rules and classes that fit each other are looked at as often as there are few.
#[test]
fn many_rules_for_many_elements_cost_little() {
    const TIMES: usize = 1000;
    let each = |shape: &str| {
        let all = (0..TIMES).map(|nth| shape.replace('N', &nth.to_string()));
        all.collect::<String>()
    };
    for (rule, element) in [
        (".a.bN{opacity:0}", "<i class='a bN'>"),
        (".aN{opacity:0}", "<i class='a1 a2 a3 a4 a5 a6 a7 a8 a9'>"),
        ("*{opacity:0}", "<i class=N>"),
        ("@media screen{", "<i>"),
        ("x y z[class=aN]{opacity:1}", "<i class=aN>"),
    ] {
        let html = format!("<style>{}</style>{}", each(rule), each(element));
        let cost = work::of(|| drop(to_text(&html)));
        assert!(cost <= 70 * html.len() as u64, "{rule}: {cost}");
    }
}

/// Each pair is a page and what is seen of it, lines aside.
#[test]
fn what_nobody_sees_is_not_there() {
    for (html, text) in [
        ("<div style='display: none'>1<div>2</div>3</div>4", "4"),
        ("<p hidden>1</p>2", "2"),
        ("<span style=\"font-size:0\">1</span>2", "2"),
        ("<p style='display&#58;none'>1</p>2", "2"),
        ("<p style='display&#58none'>1</p>2", "2"),
        ("<p style='display&colon;none&semi;'>1</p>2", "2"),
        ("<p style='display:none' style='display:block'>1</p>2", "2"),
        ("<div style='display:none'/>1</div>2", "2"),
        ("<div style=display:none>1</span></td>2</div>3", "3"),
        (
            "<div style=display:none><table><tr><td></div>1</table>2</div>3",
            "3",
        ),
        ("<span style=display:none><div></span>1</div>2</span>3", "3"),
        ("<x style=display:none><div></x>1</div></x>3", "3"),
        ("<p><font style=display:none></p>1</font>2", "2"),
        ("<b style=display:none><p></b>1</p>", "1"),
        ("<body style=display:none>1</body>2", ""),
        ("<dialog>1</dialog><dialog open>2</dialog>", "2"),
        (
            "<datalist><option>1</datalist><noframes><p>2</noframes>3",
            "3",
        ),
        ("<template><b>1</b></template>2<style>3", "2"),
        ("<iframe><p>1</p></iframe><title>2</b></title>3", "3"),
        ("<style>.x{display:none}</style><p class='a X'>1</p>2", "2"),
        (
            "<p class=x>1</p>2<style><!-- p.x , .y { color:red; visibility:hidden } --></style>",
            "2",
        ),
        (
            "<style>@media all{#n{display:none}}</style><p id=n>1</p>2",
            "2",
        ),
        (
            "<style>.x{display:none!important}</style><p class=x style=display:block>1</p>2",
            "2",
        ),
        ("<table><tr hidden><td>1<td>2<tr><td>3</table>", "3"),
        ("<div popover>1</div>2", "2"),
        ("<svg width=0 height=0><text>1</text></svg>2", "2"),
        ("<svg><defs><text>1</text></defs></svg>2", "2"),
        ("<meter>1</meter><progress>2</progress>3", "3"),
        ("<object data=x>1</object><object>2</object>", "2"),
        ("<math><annotation-xml>1</annotation-xml></math>2", "2"),
    ] {
        assert_eq!(to_text(html).replace(['\n', ' '], ""), text, "{html}");
    }
}

/// Each is what style sheets say, a page, and what is seen of it.
#[test]
fn rules_count_as_browsers_have_them() {
    for (sheet, html, text) in [
        // The last of equals, whatever the order of the classes.
        (
            ".b{display:block}.a{display:none}",
            "<p class='a b'>1</p>2",
            "2",
        ),
        (
            ".a{display:none}.b{display:block}",
            "<p class='b a'>1</p>2",
            "12",
        ),
        // What is more specific.
        (
            "#n{display:none}.a{display:block}",
            "<p id=n class=a>1</p>2",
            "2",
        ),
        (
            "p.a{display:none}.a{display:block}",
            "<p class=a>1</p>2",
            "2",
        ),
        (
            ".a.b{display:none}",
            "<p class='b c a'>1</p><p class=a>2</p>",
            "2",
        ),
        (
            ".a{display:none!important}#n{display:block}",
            "<p id=n class=a>1</p>2",
            "2",
        ),
        ("*{font-size:0}", "<p>1</p>2", "2"),
        ("p,.a{display:none}", "<b class=a>1</b><p>2</p>3", "3"),
        // On every screen, or on none.
        (
            "@media (min-width:0){.a{display:none}}",
            "<p class=a>1</p>2",
            "2",
        ),
        (
            "@media print{.a{display:block}}.a{display:none}",
            "<p class=a>1</p>2",
            "2",
        ),
        (
            ".a{display:none}@media print{.a{display:block}}",
            "<p class=a>1</p>2",
            "2",
        ),
        (
            ".a{display:none}@media (min-width:9000px){.a{display:block}}",
            "<p class=a>1</p>2",
            "2",
        ),
        ("@font-face{}.a{display:none}", "<p class=a>1</p>2", "2"),
        // While somebody points at it.
        (
            ".a{display:none}.a:hover{display:block}",
            "<p class=a>1</p>2",
            "2",
        ),
        (
            ".a{display:none}[x]{display:block!important}",
            "<p class=a>1</p>2",
            "2",
        ),
        // On some screens, in some programs, in some places.
        (
            ".a{display:none}@media (min-width:600px){.a{display:block}}",
            "<p class=a>1</p>",
            "1",
        ),
        (
            ".a{display:none!important}@media only screen and (max-width:600px){.a{display:block!important}}",
            "<p class=a>1</p>",
            "1",
        ),
        (
            ".a{display:none}@supports (x:y){@media screen{.a{display:block}}}",
            "<p class=a>1</p>",
            "1",
        ),
        (
            ".a{display:none}div .a{display:block}",
            "<div><p class=a>1</p></div>",
            "1",
        ),
        (
            ".a{display:none}u + .b .a{display:block}",
            "<p class=a>1</p>",
            "1",
        ),
        (
            ".a{display:none}*[class=\"a\"]{display:block}",
            "<p class=a>1</p>",
            "1",
        ),
        (
            ".a{display:none}.a:not(.b, .c){display:block}",
            "<p class=a>1</p>",
            "1",
        ),
        (
            "td[class=a]{display:none}.b > .a{display:none}",
            "<td class=a>1",
            "1",
        ),
        (
            "@media (max-width:600px){.a{display:none}}",
            "<p class=a>1</p>",
            "1",
        ),
        (
            ".a{height:0;overflow:hidden}",
            "<a class=a>1</a><table><td class=a>2</table>",
            "12",
        ),
    ] {
        let page = format!("<style>{sheet}</style>{html}");
        assert_eq!(to_text(&page).replace(['\n', ' '], ""), text, "{page}");
    }
    let print = "<style media=print>.a{display:none}</style><p class=a>1</p>";
    assert_eq!(to_text(print).trim(), "1");
}

#[test]
fn what_is_seen_is_there() {
    for (html, text) in [
        ("<p title=\"hidden\" aria-hidden=true>1</p>2", "12"),
        ("<p title=\"style=display:none\">1</p>", "1"),
        ("<p title='a hidden b' data-style='display:none'>1</p>", "1"),
        ("<span style=\"font-size:0.9em\">1</span>2", "12"),
        (
            "<td style='font-size:0'><div style='font-size:13px'>1</div></td>",
            "1",
        ),
        (
            "<div style='visibility:hidden'>1<b style='visibility:visible'>2</b></div>",
            "2",
        ),
        ("<p hidden>1<p>2", "2"),
        ("<p hidden>1<div>2</div>", "2"),
        ("<ul><li hidden>1<li>2</ul>", "2"),
        ("<ul><li hidden><ul><li>1</ul>2<li>3</ul>", "3"),
        ("<dl><dt hidden>1<dd>2", "2"),
        (
            "<table><tr><td hidden>1<td>2<tr hidden><td>3<tr><td>4</table>",
            "24",
        ),
        (
            "<table><tbody hidden><tr><td>1<tbody><tr><td>2</table>",
            "2",
        ),
        ("<a hidden>1<a>2</a>", "2"),
        ("<div><b hidden>1</div>2</b>3", "3"),
        ("<head><title>x</title><body>2", "2"),
        ("<head>1<meta charset=utf-8><h1>2", "12"),
        ("<p style='mso-hide:all'>1</p>", "1"),
        (
            "<style>.x .y{display:none} .z:hover{display:none}</style><p class='x y z'>1</p>",
            "1",
        ),
        (
            "<style>@media (max-width:9px){.x{display:none}.y{color:red}}.z{display:none}</style><p class='x y'>1</p>",
            "1",
        ),
        (
            "<style>.x{display:none}</style><p class=x style=display:block>1</p>",
            "1",
        ),
        (
            "<!--[if mso]><style>.x{display:none}</style><![endif]--><p class=x>1</p>",
            "1",
        ),
        (
            "<![if !mso]>1<![endif]><!--[if !mso]><!-->2<!--<![endif]-->",
            "12",
        ),
        ("<h1 hidden>1</h2>2", "2"),
        ("<bdo dir=RTL>321<br>6&#53;4</bdo>7<bdo>8</bdo>", "12345678"),
    ] {
        assert_eq!(to_text(html).replace(['\n', ' '], ""), text, "{html}");
    }
}

#[test]
fn lines_stay_lines_and_quotations_are_marked() {
    for (html, text) in [
        (
            "<p>7KQ<b>2M</b>&#8209;9XT&shy;RB<br/>0C4WF</p>",
            "\n7KQ2M\u{2011}9XT\u{ad}RB\n0C4WF\n",
        ),
        ("<style>p { a: 1 }</style>A&nbsp;B &amp C", "\nA B  amp C"),
        ("<td>1</td><td>2</td> 1 < 2 <!-- <b>3 -->", " 1  2  1   2 "),
        ("&", " "),
        ("<", " "),
        (
            "1<blockquote>2<br>3\n4</blockquote>5",
            "1\n> 2\n> 3\n> 4\n5",
        ),
    ] {
        assert_eq!(to_text(html), text, "{html}");
    }
}
