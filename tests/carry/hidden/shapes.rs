//! Where codes stand in mails: unseen, and seen though something near them is not. HTML is the head of a mail that is HTML; `{other}` and CODE are codes.

/// Where a code can stand that is not seen, without and with one that is.
pub(super) const HIDDEN: [(&str, &str); 36] = [
    (
        "comment",
        "HTML<p>Please call.</p><!-- {other} --><p>SEEN</p>",
    ),
    (
        "display",
        "HTML<div style=\"color:red; display : none\">{other}</div><p>SEEN</p>",
    ),
    (
        "nested",
        "HTML<div style='display:none'><div>x</div>{other}</div><p>SEEN</p>",
    ),
    (
        "visibility",
        "HTML<div style='visibility:hidden'>{other}</div><p>SEEN</p>",
    ),
    (
        "no size",
        "HTML<span style='font-size:0px'>{other}</span><p>SEEN</p>",
    ),
    ("hidden", "HTML<p hidden>{other}</p><p>SEEN</p>"),
    ("script", "HTML<script>{other}</script><p>SEEN</p>"),
    ("style", "HTML<style>{other}</style><p>SEEN</p>"),
    ("template", "HTML<template>{other}</template><p>SEEN</p>"),
    (
        "head",
        "HTML<html><head><title>{other}</title></head><body><p>SEEN</p>",
    ),
    ("title", "HTML<p title=\"{other}\">SEEN</p>"),
    ("alt", "HTML<img alt=\"{other}\"><p>SEEN</p>"),
    (
        "input",
        "HTML<input type=hidden value=\"{other}\"><p>SEEN</p>",
    ),
    (
        "header",
        "From: a@b.c\nX-Note: {one line}\nMessage-ID: <1@b.c>\nSubject: s\n\nSEEN\n",
    ),
    (
        "id",
        "From: a@b.c\nMessage-ID: <{one line}@b.c>\nSubject: s\n\nSEEN\n",
    ),
    (
        "preamble",
        "From: a@b.c\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n{other}\n--b\nContent-Type: text/plain\n\nSEEN\n--b--\n",
    ),
    (
        "rich text",
        "{\\rtf1 {\\v {other}}SEEN {\\*\\comment {other}}}",
    ),
    (
        "entity in a style",
        "HTML<p style=\"display&#58;none\">{other}</p><p>SEEN</p>",
    ),
    (
        "comment in a style",
        "HTML<p style=\"display:/**/none\">{other}</p><p>SEEN</p>",
    ),
    (
        "escape in a style",
        "HTML<p style=\"d\\69splay:none\">{other}</p><p>SEEN</p>",
    ),
    (
        "opacity",
        "HTML<p style='opacity:0.0'>{other}</p><p>SEEN</p>",
    ),
    (
        "no height",
        "HTML<div style='height:0;overflow:hidden'>{other}</div><p>SEEN</p>",
    ),
    (
        "off the page",
        "HTML<div style='position:absolute;left:-9999px'>{other}</div><p>SEEN</p>",
    ),
    (
        "important",
        "HTML<div style='display:none!important;display:block'>{other}</div><p>SEEN</p>",
    ),
    (
        "a filter",
        "HTML<p style='filter:opacity(0)'>{other}</p><p>SEEN</p>",
    ),
    (
        "the order of rules",
        "HTML<style>.b{display:block}.a{display:none}</style><p class='a b'>{other}</p><p>SEEN</p>",
    ),
    ("popover", "HTML<div popover>{other}</div><p>SEEN</p>"),
    ("dialog", "HTML<dialog>{other}</dialog><p>SEEN</p>"),
    (
        "datalist",
        "HTML<datalist><option>{other}</datalist><p>SEEN</p>",
    ),
    ("noframes", "HTML<noframes>{other}</noframes><p>SEEN</p>"),
    (
        "class",
        "HTML<style>.x{display:none}</style><p class='a x'>{other}</p><p>SEEN</p>",
    ),
    (
        "not closed by another end",
        "HTML<div style=display:none><table><tr><td></div>{other}</table></div><p>SEEN</p>",
    ),
    (
        "a look that goes on",
        "HTML<p><font style=display:none></p>{other}</font><p>SEEN</p>",
    ),
    (
        "a sign within quotes",
        "HTML<p title=\"a>b {other}\">SEEN</p>",
    ),
    ("a comment that never ends", "HTML<p>SEEN</p><!-- {other}"),
    ("a tag that never ends", "HTML<p>SEEN</p><p title=\"{other}"),
];

/// Where a code is seen, though not everything around it is: whoever says that of itself, says it of another part, or takes it back.
pub(super) const SEEN: [(&str, &str); 28] = [
    (
        "a newsletter's cell",
        "HTML<td style='font-size:0px'><div style='font-size:13px'>CODE</div></td>",
    ),
    (
        "visible again",
        "HTML<div style='visibility:hidden'><div style='visibility:visible'>CODE</div></div>",
    ),
    (
        "another property",
        "HTML<p style='mso-font-size:0;line-opacity:0'>CODE</p>",
    ),
    ("only a height", "HTML<p style='max-height:0'>CODE</p>"),
    (
        "the last word",
        "HTML<p style='display:none;display:block'>CODE</p>",
    ),
    (
        "a title",
        "HTML<p title='hidden style=display:none'>CODE</p>",
    ),
    ("Outlook alone", "HTML<p style='mso-hide:all'>CODE</p>"),
    ("paragraph", "HTML<p hidden>Hello<p>CODE"),
    ("block", "HTML<p hidden>Hello<div>CODE</div>"),
    ("item", "HTML<ul><li hidden>Hello<li>CODE</ul>"),
    ("cell", "HTML<table><tr><td hidden>Hello<td>CODE</table>"),
    ("row", "HTML<table><tr hidden><td>Hello<tr><td>CODE</table>"),
    (
        "no end of a head",
        "HTML<head><title>x</title><h1>Hello</h1>CODE",
    ),
    (
        "a head without an end",
        "HTML<html><head><meta charset=utf-8>CODE",
    ),
    (
        "source that is shown",
        "From: a@b.c\nMIME-Version: 1.0\nContent-Type: text/plain\n\n<html><body><!-- CODE --></body></html>\n",
    ),
    (
        "source with a hidden part that is shown",
        "From: a@b.c\nMIME-Version: 1.0\nContent-Type: text/plain\n\n<div style='display:none'>CODE</div>\n",
    ),
    ("plain", "{\\rtf1 \\v Hello\\plain CODE}"),
    ("not taken out", "{\\rtf1 \\deleted Hello\\deleted0 CODE}"),
    (
        "a class of something else",
        "HTML<style>.x .y{display:none} p.z{display:none}</style><div class='y z'>CODE</div>",
    ),
    (
        "a class on small screens",
        "HTML<style>@media (max-width:600px){.x{display:none}}</style><div class=x>CODE</div>",
    ),
    (
        "a class that wide screens show",
        "HTML<style>.x{display:none}@media (min-width:600px){.x{display:block}}</style><div class=x>CODE</div>",
    ),
    (
        "a cell as narrow as its text",
        "HTML<table><tr><td style='width:1%;overflow:hidden'>CODE</td></tr></table>",
    ),
    (
        "a style for Outlook",
        "HTML<!--[if mso]><style>.x{display:none}</style><![endif]--><div class=x>CODE</div>",
    ),
    (
        "another program than Outlook",
        "HTML<!--[if !mso]><!--><div>CODE</div><!--<![endif]-->",
    ),
    (
        "small",
        "HTML<div style='font-size:0.8em;opacity:.9'>CODE</div>",
    ),
    (
        "alternatives",
        "From: a@b.c\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nCODE\n--b\nContent-Type: text/html\n\n<pre>CODE</pre>\n--b--\n",
    ),
    (
        "a text beside a picture",
        "From: a@b.c\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nCODE\n--b\nContent-Type: text/html\n\n<p>see the picture</p><img src='cid:1'>\n--b--\n",
    ),
    (
        "a text beside half of it",
        "From: a@b.c\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nCODE\n--b\nContent-Type: text/html\n\n<pre>HALF</pre>\n--b--\n",
    ),
];
