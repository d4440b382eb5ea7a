//! Which styles hide, and which do not.

use super::{Declared, Sight, Style, Weight, clean};

fn is_seen_in(boxed: bool, styles: &[&str]) -> bool {
    let within = |sight: Sight, style: &&str| {
        let mut declared = Declared::default();
        declared.read(&clean(style), Weight::OWN, true);
        sight.within(&Style::from(&declared), boxed)
    };
    styles.iter().fold(Sight::default(), within).is_seen()
}

fn is_seen(styles: &[&str]) -> bool {
    is_seen_in(true, styles)
}

#[test]
fn what_a_browser_hides_is_not_seen() {
    for styles in [
        &["display:none"][..],
        &["DISPLAY : none ! important", "display:block"],
        &["display:none!important;display:block"],
        &["display:block;display:/* x */none"],
        &["d\\69splay:none"],
        &["display:none;display:nonsense"],
        &["all:unset;display:none"],
        &["opacity:0.0"],
        &["opacity:.0"],
        &["opacity:0%"],
        &["opacity:calc(0)"],
        &["filter:blur(1px) opacity(0%)"],
        &["height:0;overflow:hidden"],
        &["overflow:hidden", "max-height:0px;overflow:hidden;"],
        &["height:0;overflow:hidden;min-height:0;padding:0 20px"],
        &["contain:strict;height:0"],
        &["position:absolute;left:-9999px"],
        &["position: absolute; top: -100em", "position:static"],
        &["position:absolute;right:200%"],
        &["text-indent:-9999px"],
        &["letter-spacing:-1em", "color:red"],
        &["font-size:0", "font-size:1em"],
        &["font-size:calc(0px)"],
        &["font:0/0 a"],
        &["color:transparent"],
        &["color:rgba(0,0,0,0)"],
        &["-webkit-text-fill-color:transparent", "color:red"],
        &["position:absolute;clip:rect(0 0 0 0)"],
        &["clip-path:polygon(0 0, 0 0, 0 0)"],
        &["transform:scale(0)"],
        &["transform:rotate(5deg) scaleX(0)"],
        &["transform:matrix(0,0,0,0,0,0)"],
        &["transform:rotateY(90deg)"],
        &["transform:rotate3d(0,1,0,.25turn)"],
        &["scale:0"],
        &["scale:1 0%"],
        &["translate:-9999px"],
        &["rotate:y 90deg"],
        &["rotate:1 0 0 270deg"],
        &["overflow:hidden;max-height:0;overflow-y:visible"],
        &["margin-left:-9999px;margin-top:0"],
        &["position:fixed;inset:-9999px"],
        &["content-visibility:hidden;opacity:1"],
        &["visibility:hidden", "color:red"],
        &["background:url(a;b);visibility:hidden"],
        &["font-family:';';visibility:hidden"],
    ] {
        assert!(!is_seen(styles), "{styles:?}");
    }
}

#[test]
fn what_a_browser_shows_is_seen() {
    for styles in [
        &[""][..],
        &["font-size:0", "font-size:13px"],
        &["font-size:0px", "font:13px/1 Arial"],
        &["visibility:hidden", "visibility:visible"],
        &["mso-font-size:0"],
        &["line-opacity:0"],
        &["mso-hide:all"],
        &["max-height:0"],
        &["max-height:none;overflow:hidden"],
        // A share of a height that nobody chose is no height.
        &["height:1%;overflow:hidden"],
        &["max-height:0%;overflow:hidden"],
        &["height:0;min-height:100px;overflow:hidden"],
        &["height:0;padding-bottom:56.25%;overflow:hidden"],
        &["width:1px;min-width:100%;overflow:hidden"],
        &["display:none;display:block"],
        &["display:none;all:initial"],
        &["display:none;display:table-cell!important"],
        &["opacity:0;opacity:1"],
        &["opacity:0.75"],
        &["filter:opacity(90%)"],
        &["font-size:0.9em"],
        &["font-size:9pt"],
        &["letter-spacing:-0.05em"],
        &["letter-spacing:-1em", "letter-spacing:normal"],
        &["left:-9999px"],
        &["position:relative;left:-9px"],
        &["position:absolute;left:100%"],
        &["float:left;margin-left:-100%"],
        &["text-indent:-.25in;margin:0 -5px"],
        &["font-family:';display:none'"],
        &["background:url(a;display:none)"],
        &["font:bold 700 12pt serif"],
        &["color:#000"],
        &["color:transparent;text-shadow:0 0 1px #000"],
        &[
            "background:linear-gradient(red,blue);-webkit-background-clip:text;-webkit-text-fill-color:transparent",
        ],
        &["color:transparent;-webkit-text-fill-color:#000"],
        &["transform:translate(-50%,-50%) rotate(90deg)"],
        &["transform:scale3d(1,1,0)"],
        &["rotate:90deg"],
        &["rotate:z 90deg"],
        &["text-indent:-9999px", "text-indent:0"],
    ] {
        assert!(is_seen(styles), "{styles:?}");
    }
}

/// What is part of a line, or of a table, has the size of what it holds.
#[test]
fn what_is_no_box_is_as_large_as_its_text() {
    for style in [
        "height:0;overflow:hidden",
        "width:1%;overflow:hidden",
        "max-width:0;overflow:hidden;text-overflow:ellipsis",
        "transform:scale(0)",
    ] {
        assert!(is_seen_in(false, &[style]), "{style}");
        for boxed in ["display:inline-block", "float:left", "position:absolute"] {
            assert!(
                !is_seen_in(false, &[&format!("{style};{boxed}")]),
                "{style};{boxed}"
            );
        }
        for part in ["display:inline", "display:table-cell"] {
            assert!(is_seen(&[&format!("{style};{part}")]), "{style};{part}");
        }
    }
}
