//! The Markdown renderer: what it makes, what it never lets through, and that size does not hurt it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;
use topics::markdown::{
    DEEPEST, LONGEST_HTML, LONGEST_SOURCE, Mention, Rendered, plain, render, sanitize, snippet,
};

const CAMILA: &str = "mem_01jd3v8q9r5t7x2y4z6a8b0c1d";

fn members(id: &str) -> Option<Mention> {
    match id {
        CAMILA => Some(Mention { id: CAMILA.into(), short_name: "Camila <3".into() }),
        "grp_01g" => Some(Mention { id: "grp_01g".into(), short_name: "Design".into() }),
        "mem_01h" => Some(Mention { id: "mem_01h".into(), short_name: "Rafael".into() }),
        _ => None,
    }
}

fn rendered(source: &str) -> Rendered {
    render(source, &members)
}

fn html(source: &str) -> String {
    rendered(source).html
}

// A strict reader of the HTML that comes out: it panics on what a serialiser would not write.

#[derive(Debug)]
struct Tag {
    name: String,
    closes: bool,
    attributes: Vec<(String, String)>,
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{A0}")
        .replace("&amp;", "&")
}

fn tag(written: &str) -> Tag {
    let (closes, mut rest) = written.strip_prefix('/').map_or((false, written), |rest| (true, rest));
    let end = rest.find(' ').unwrap_or(rest.len());
    let name = rest[..end].to_owned();
    assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()), "element {name:?}");
    rest = &rest[end..];
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix(' ').unwrap().split_once("=\"").unwrap();
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "attribute {name:?}");
        let (value, after) = after.split_once('"').unwrap();
        attributes.push((name.to_owned(), unescape(value)));
        rest = after;
    }
    Tag { name, closes, attributes }
}

/// Tags and text of `html`, with the text that stands for images. A `>` within an attribute value is escaped by our serialiser or refused here.
fn read(html: &str) -> (Vec<Tag>, String) {
    let (mut tags, mut text, mut rest) = (Vec::new(), String::new(), html);
    while let Some(start) = rest.find('<') {
        text.push_str(&unescape(&rest[..start]));
        let mut quoted = false;
        let end = rest[start..]
            .find(|c| {
                quoted ^= c == '"';
                c == '>' && !quoted
            })
            .unwrap();
        let found = tag(&rest[start + 1..start + end]);
        text.extend(found.attributes.iter().filter(|(name, _)| name == "alt").map(|(_, alt)| alt.as_str()));
        tags.push(found);
        rest = &rest[start + end + 1..];
    }
    text.push_str(&unescape(rest));
    (tags, text)
}

const ELEMENTS: [&str; 28] = [
    "p",
    "br",
    "hr",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "ul",
    "ol",
    "li",
    "pre",
    "code",
    "em",
    "strong",
    "del",
    "a",
    "img",
    "span",
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "input",
    "mark",
];
const VOID: [&str; 4] = ["br", "hr", "img", "input"];

/// Everything that has to hold for whatever comes out, for whatever went in.
fn assert_safe(html: &str) {
    let (tags, _) = read(html);
    let mut open: Vec<&str> = Vec::new();
    for tag in &tags {
        assert!(
            ELEMENTS.contains(&tag.name.as_str()) && tag.name != "mark",
            "element {} in {html}",
            tag.name
        );
        if tag.closes {
            assert_eq!(open.pop(), Some(tag.name.as_str()), "{html}");
        } else if !VOID.contains(&tag.name.as_str()) {
            open.push(&tag.name);
        }
        for (name, value) in &tag.attributes {
            assert_attribute(&tag.name, name, value);
        }
    }
    assert!(open.is_empty(), "{open:?} left open in {html}");
    assert_eq!(sanitize(html), html, "the same after a second pass");
}

fn assert_attribute(element: &str, name: &str, value: &str) {
    let fine = match (element, name) {
        ("a", "href") => {
            let elsewhere = ["http://", "https://", "mailto:"].iter().any(|scheme| value.starts_with(scheme));
            let here = value.starts_with('/') && !value.starts_with("//") && !value.starts_with("/\\");
            (elsewhere || here) && !value.chars().any(|c| c.is_control() || c.is_whitespace())
        }
        ("img", "src") => value.starts_with("/api/v1/files/") && !value.contains(".."),
        ("a", "rel") => value == "noopener noreferrer nofollow",
        ("a", "target") => value == "_blank",
        ("img", "loading") => value == "lazy",
        ("a" | "img", "title") | ("img", "alt") | ("input", "aria-label") => true,
        ("code", "class") => value.starts_with("language-") && !value.contains(' '),
        ("span", "class") => value == "mention",
        ("li", "class") => value == "task",
        ("div", "class") => value == "table",
        ("span", "data-member") => value.starts_with("mem_"),
        ("span", "data-group") => value.starts_with("grp_"),
        ("ol", "start") => value.parse::<u32>().is_ok(),
        ("th" | "td", "align") => ["left", "center", "right"].contains(&value),
        ("input", "type") => value == "checkbox",
        ("input", "disabled" | "checked") => value.is_empty(),
        _ => false,
    };
    assert!(fine, "<{element} {name}={value:?}>");
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn paragraphs_and_line_breaks() {
    assert_eq!(html("One\ntwo\n\nthree"), "<p>One<br>two</p><p>three</p>");
    assert_eq!(rendered("One\ntwo\n\n**three** `x < y`").text, "One\ntwo\nthree x < y");
    assert_eq!(html(""), "");
    assert_eq!(
        html("*a* **b** ~~c~~ `d`"),
        "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"
    );
    assert_eq!(html("これは**太字。**です"), "<p>これは<strong>太字。</strong>です</p>");
    assert_eq!(html("a\n\n---\n\nb"), "<p>a</p><hr><p>b</p>");
}

#[test]
fn headings_begin_at_the_third_level() {
    assert_eq!(
        html("# A\n## B\n### C\n#### D\n###### E"),
        "<h3>A</h3><h4>B</h4><h5>C</h5><h6>D</h6><h6>E</h6>"
    );
}

#[test]
fn lists_keep_their_start_and_their_spacing() {
    assert_eq!(html("- a\n- b\n  - c"), "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>");
    assert_eq!(html("3. a\n4. b"), "<ol start=\"3\"><li>a</li><li>b</li></ol>");
    assert_eq!(html("1. a\n\n2. b"), "<ol><li><p>a</p></li><li><p>b</p></li></ol>");
    assert_eq!(rendered("- a\n- b\n  - c").text, "a\nb\nc");
}

#[test]
fn a_checkbox_is_disabled_and_named_by_its_item() {
    assert_eq!(
        html("- [ ] Call the **depot**\n- [x] Say \"done\""),
        "<ul><li class=\"task\"><input type=\"checkbox\" disabled=\"\" aria-label=\"Call the depot\"> Call the \
         <strong>depot</strong></li><li class=\"task\"><input type=\"checkbox\" disabled=\"\" checked=\"\" \
         aria-label=\"Say &quot;done&quot;\"> Say \"done\"</li></ul>"
    );
}

#[test]
fn tables_are_wrapped_and_aligned() {
    let table = rendered("| a | b |\n|:-:|--:|\n| 1 | 2 |\n| 3 |");
    assert_eq!(
        table.html,
        "<div class=\"table\"><table><thead><tr><th align=\"center\">a</th><th align=\"right\">b</th></tr></thead>\
         <tbody><tr><td align=\"center\">1</td><td align=\"right\">2</td></tr>\
         <tr><td align=\"center\">3</td><td align=\"right\"></td></tr></tbody></table></div>"
    );
    assert_eq!(table.text.split_whitespace().collect::<Vec<_>>(), ["a", "b", "1", "2", "3"]);
    assert_eq!(
        html("| a |\n|---|"),
        "<div class=\"table\"><table><thead><tr><th>a</th></tr></thead></table></div>"
    );
}

#[test]
fn code_is_kept_exactly() {
    let code = "\n\n  if a < b && c > d {\n\t\"x\" &amp; <b>\n  }\n\n";
    let result = rendered(&format!("```rust ignore\n{code}```"));
    let (tags, text) = read(&result.html);
    assert_eq!(text, code);
    assert_eq!(tags[1].attributes, [("class".to_owned(), "language-rust".to_owned())]);
    assert_eq!(html("    indented\n      more"), "<pre><code>indented\n  more\n</code></pre>");
    assert_eq!(html("```c++\nx\n```"), "<pre><code class=\"language-c++\">x\n</code></pre>");
    assert_eq!(html("```\"onload=x\nx\n```"), "<pre><code>x\n</code></pre>");
}

#[test]
fn mentions_show_the_name_of_now() {
    let source = format!("Ask @[Cami]({CAMILA}) and @[R](mem_01h), then @[Cami]({CAMILA}). @[Gone](mem_0zz)");
    let result = rendered(&source);
    assert_eq!(
        result.html,
        format!(
            "<p>Ask <span class=\"mention\" data-member=\"{CAMILA}\">@Camila &lt;3</span> and \
             <span class=\"mention\" data-member=\"mem_01h\">@Rafael</span>, then \
             <span class=\"mention\" data-member=\"{CAMILA}\">@Camila &lt;3</span>. @Gone</p>"
        )
    );
    assert_eq!(result.text, "Ask @Camila <3 and @Rafael, then @Camila <3. @Gone");
    assert_eq!(result.mentions, [CAMILA, "mem_01h"]);
    assert!(result.links.is_empty());
    assert_eq!(plain(&source), "Ask @Cami and @R, then @Cami. @Gone");
}

#[test]
fn a_group_is_mentioned_as_its_members_are() {
    let result = rendered("@[Old name](grp_01g) and @[Nobody](grp_02x)");
    assert_eq!(
        result.html,
        "<p><span class=\"mention\" data-group=\"grp_01g\">@Design</span> and @Nobody</p>"
    );
    assert_eq!((result.text.as_str(), result.mentions), ("@Design and @Nobody", vec!["grp_01g".to_owned()]));
    assert_eq!(sanitize("<span data-group=\"mem_01h\">x</span>"), "<span>x</span>");
}

#[test]
fn what_only_looks_like_a_mention_is_none() {
    for source in [
        "`@[R](mem_01h)`",
        "@\\[R](mem_01h)",
        "[R](mem_01h)",
        "@[R](MEM_01h)",
        "@[R](mem_01h/x)",
        "```\n@[R](mem_01h)\n```",
    ] {
        let result = rendered(source);
        assert!(result.mentions.is_empty(), "{source}");
        assert!(!result.html.contains("<span") && !result.html.contains("<a"), "{source}");
    }
    assert_eq!(
        html("# Hi @[R](mem_01h)"),
        "<h3>Hi <span class=\"mention\" data-member=\"mem_01h\">@Rafael</span></h3>"
    );
}

#[test]
fn links_elsewhere_open_apart_and_links_here_do_not() {
    let result =
        rendered("[a](https://example.com/x?y=1&z=2 \"T\") [b](/t/abcde#3) <me@example.com> www.example.org");
    assert_eq!(
        result.html,
        "<p><a href=\"https://example.com/x?y=1&amp;z=2\" title=\"T\" rel=\"noopener noreferrer nofollow\" \
         target=\"_blank\">a</a> <a href=\"/t/abcde#3\">b</a> <a href=\"mailto:me@example.com\">me@example.com</a> \
         <a href=\"http://www.example.org/\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">www.example.org</a></p>"
    );
    assert_eq!(
        result.links,
        ["https://example.com/x?y=1&z=2", "/t/abcde#3", "mailto:me@example.com", "http://www.example.org/"]
    );
}

#[test]
fn an_address_that_is_not_allowed_is_its_text() {
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\u{9}script:alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6A&#x61vascript:alert(1)",
        "javascript&colon;alert(1)",
        "java&Tab;script:alert(1)",
        "java&NewLine;script:alert(1)",
        "\u{1}javascript:alert(1)",
        "&#1;javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://x/1",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/&Tab;/evil.example",
        "/.//evil.example",
        "/%2e//evil.example",
        "\\\\evil.example",
        "evil.html",
        "#here",
        "?q",
        "",
        "http://",
        "https://[",
        "ｊavascript:alert(1)",
        "javascript：alert(1)",
        "feed:javascript:alert(1)",
        "view-source:javascript:alert(1)",
        "xmpp:a@b.example",
        "jar:javascript:alert(1)",
    ] {
        for source in
            [format!("[x]({address})"), format!("[x](<{address}>)"), format!("[x][r]\n\n[r]: <{address}>")]
        {
            let result = rendered(&source);
            assert!(!result.html.contains("<a"), "{source:?} → {}", result.html);
            assert!(result.links.is_empty(), "{source:?}");
            assert_safe(&result.html);
        }
        assert_safe(&html(&format!("<{address}> ![x]({address}) {address}")));
    }
}

#[test]
fn only_files_of_the_workspace_are_images() {
    let result = rendered("![A *map*](/api/v1/files/fil_1/content \"t\")");
    assert_eq!(
        result.html,
        "<p><img src=\"/api/v1/files/fil_1/content\" alt=\"A map\" title=\"t\" loading=\"lazy\"></p>"
    );
    assert_eq!(result.text, "A map");
    let other = rendered("![cat](https://example.com/c.png)");
    assert!(other.html.contains(">cat</a>") && !other.html.contains("<img"));
    assert_eq!(other.links, ["https://example.com/c.png"]);
    assert!(html("![](https://example.com/c.png)").contains(">https://example.com/c.png</a>"));
    for sly in [
        "/api/v1/files/../tokens",
        "/api/v1/files/%2e%2e/tokens",
        "/api/v1/files/",
        "/api/v1/members",
        "data:image/png;base64,x",
    ] {
        assert!(!html(&format!("![x]({sly})")).contains("<img"), "{sly}");
    }
    let within = html("[![cat](https://example.com/c.png)](https://example.com)");
    assert_eq!(within.matches("<a ").count(), 1, "{within}");
    assert!(html("[![cat](/api/v1/files/fil_1/content)](https://example.com)").contains("<img"));
}

/// HTML and scripts in every disguise. All of it comes out as text.
const ATTACKS: [&str; 60] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "<script/src=data:,alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x\" onerror=\"alert(1)\" />",
    "<IMG \"\"\"><SCRIPT>alert(1)</SCRIPT>\">",
    "<img/src/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
    "<p id=\"</p><script>alert(1)</script>\">",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<object data=\"javascript:alert(1)\">",
    "<embed src=\"data:text/html,x\">",
    "<base href=\"https://evil.example/\">",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<form action=//evil.example><input name=password></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<style>@import '//evil.example';</style>",
    "<div style=\"position:fixed;inset:0\">x</div>",
    "<body onload=alert(1)>",
    "<html><head><title>x</title>",
    "<template><script>alert(1)</script></template>",
    "<textarea><script>alert(1)</script></textarea>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext>",
    "<title><img src=x onerror=alert(1)></title>",
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    "<!--> <script>alert(1)</script> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo '<script>alert(1)</script>'; ?>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"/\" onclick=\"alert(1)\">x</a>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<a id=x name=cookie>x</a>",
    "<span class=\"mention\" data-member=\"mem_01h\">@Boss</span>",
    "<div>\n\n**bold** <script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n</div>",
    "**<script>**alert(1)</script>",
    "`</code><script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "[<script>alert(1)</script>](https://example.com \"\\\"onmouseover=alert(1)\")",
    "![\" onerror=\"alert(1)](/api/v1/files/x)",
    "@[\"><script>alert(1)</script>](mem_0zz)",
];

#[test]
fn attacks_come_out_as_text() {
    for attack in ATTACKS {
        for source in [
            attack.to_owned(),
            format!("before {attack} after"),
            format!("> {attack}"),
            format!("- [ ] {attack}"),
            format!("| {attack} |\n|---|\n| {attack} |"),
            format!("# {attack}"),
            format!("[{attack}](https://example.com)"),
            format!("![{attack}](/api/v1/files/x/content '{attack}')"),
            format!("```{attack}\n{attack}\n```"),
        ] {
            let result = rendered(&source);
            assert_safe(&result.html);
            assert!(!result.html.to_lowercase().contains("<script"), "{source}");
            assert!(result.mentions.is_empty(), "{source}");
        }
    }
    assert_eq!(html("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>");
    assert_eq!(html("<div>\n<i>x</i>\n</div>"), "<p>&lt;div&gt;<br>&lt;i&gt;x&lt;/i&gt;<br>&lt;/div&gt;</p>");
    assert_eq!(rendered("<b>x</b>").text, "<b>x</b>");
}

#[test]
fn the_last_door_is_shut_by_itself() {
    for attack in ATTACKS {
        let once = sanitize(attack);
        let (tags, _) = read(&once);
        for tag in tags {
            assert!(ELEMENTS.contains(&tag.name.as_str()), "{} from {attack}", tag.name);
            for (name, value) in &tag.attributes {
                assert_attribute(&tag.name, name, value);
            }
        }
    }
    assert_eq!(sanitize("<a href=\"/\t/evil.example\">x</a>"), "<a>x</a>");
    assert_eq!(sanitize("<a href=\"//evil.example\">x</a>"), "<a>x</a>");
    assert_eq!(sanitize("<a href=\"/t/abcde\">x</a>"), "<a href=\"/t/abcde\">x</a>");
    assert_eq!(sanitize("<img src=\"/api/v1/files/%2e%2e/x\">"), "<img>");
    assert_eq!(sanitize("<code class=\"language-rust evil\">x</code>"), "<code>x</code>");
    assert_eq!(sanitize("<span class=\"mention evil\">x</span>"), "<span class=\"mention\">x</span>");
}

#[test]
fn unusual_text_is_kept() {
    for text in [
        "שלום (עולם) 123",
        "مرحبا \u{202E}abc\u{202C} x",
        "a\u{200B}b\u{200D}c\u{FEFF}d",
        "👩‍👩‍👧 é ﬀ",
        "\u{2066}x\u{2069}",
    ] {
        let result = rendered(text);
        assert_eq!(result.text, text);
        assert_eq!(read(&result.html).1, text);
        assert_safe(&result.html);
    }
    assert_eq!(rendered("a\0b").text, "a\u{FFFD}b");
}

#[test]
fn great_depth_neither_overflows_nor_nests_deeper_than_allowed() {
    let lists: Vec<String> = (0..400).map(|line| " ".repeat(line * 2 % 200) + "- x\n").collect();
    let mixed: String = "> - ".repeat(12_000) + "x";
    for (source, words) in [
        (">".repeat(50_000) + "x", 1),
        ("> ".repeat(50_000) + "x", 1),
        ("- ".repeat(50_000) + "x", 1),
        ("1. ".repeat(30_000) + "x", 1),
        (mixed, 1),
        (lists.concat(), 400),
        ("*a _b ".repeat(15_000), 0),
        ("*".repeat(50_000) + "x" + &"*".repeat(50_000), 1),
        ("**a".repeat(16_000) + &"a**".repeat(16_000), 0),
        ("~~a **b".repeat(7_000) + &"b** a~~".repeat(7_000), 0),
    ] {
        let result = rendered(&source);
        let (tags, _) = read(&result.html);
        let mut depth = 0_usize;
        for tag in tags.iter().filter(|tag| !VOID.contains(&tag.name.as_str())) {
            depth = if tag.closes { depth - 1 } else { depth + 1 };
            assert!(depth <= DEEPEST + 4, "{}…", &source[..20]);
        }
        if words > 0 {
            assert_eq!(result.text.matches('x').count(), words, "{}…", &source[..20]);
        }
        assert_eq!(squeezed(&read(&result.html).1), squeezed(&result.text));
    }
}

#[test]
fn repeated_openers_are_bounded() {
    for opener in [
        "[",
        "![",
        "![](",
        "[](",
        "[a](<b",
        "<",
        "<!--",
        "<a",
        "`",
        "``` ",
        "\\",
        "&",
        "_",
        "~",
        "|",
        "@[",
        "www.",
        "http://",
        "a@",
        "[^",
        "<![CDATA[",
        "$",
        "- [ ] ",
        "# ",
        "\n",
        "\r",
        "\0",
        "a\n=\n",
        "|a\n|-\n",
        "[a]: b\n",
        "\t",
        "]",
    ] {
        // Debug builds of the HTML parser check all text so far at each character reference.
        let most = if opener == "&" { 5_000 } else { 50_000 };
        let source = opener.repeat(most.min(LONGEST_SOURCE / opener.len()));
        let result = rendered(&source);
        assert!(result.html.len() <= LONGEST_HTML, "{opener}");
        assert_eq!(squeezed(&read(&result.html).1), squeezed(&result.text), "{opener}");
    }
}

#[test]
fn what_would_grow_too_long_is_shown_plainly() {
    let wide = "|a".repeat(5_000) + "\n" + &"|-".repeat(5_000) + "\n" + &"|b\n".repeat(20_000);
    let result = rendered(&wide);
    assert!(result.html.len() <= LONGEST_HTML && result.html.contains("|b<br>|b"));
    let references = format!("[a]: https://example.com/{}\n\n{}", "x".repeat(900), "[a] ".repeat(20_000));
    assert!(rendered(&references).html.len() <= LONGEST_HTML);
    let long = "**word** <b>\n\n".repeat(20_000);
    let shown = rendered(&long);
    assert!(shown.html.starts_with("<p>**word** &lt;b&gt;</p><p>**word**"));
    assert_eq!(shown.text, long.trim());
}

#[test]
fn snippets_end_between_words() {
    assert_eq!(snippet("One two\n three", 20), "One two three");
    assert_eq!(snippet("One two three", 13), "One two three");
    assert_eq!(snippet("One two three", 12), "One two…");
    assert_eq!(snippet("One two three", 8), "One two…");
    assert_eq!(snippet("Donaudampfschifffahrt", 6), "Donau…");
    assert_eq!(snippet("日本語の文章です", 5), "日本語の…");
    assert_eq!(snippet("abe\u{301}f", 4), "ab…");
    assert_eq!(snippet("ab👩\u{200D}👧 x", 5), "ab…");
    assert_eq!(snippet("x y", 0), "");
}

fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "- [x] ",
        "# ",
        "    ",
        "\t",
        "|",
        "|-|\n",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "](/",
        "](https://e.example)",
        "](javascript:x)",
        "@[",
        "](mem_01h)",
        "<",
        ">",
        "<script>",
        "</p>",
        "<div>",
        "<!--",
        "-->",
        "<svg onload=x>",
        "\"",
        "'",
        "&",
        "&lt;",
        "&#60;",
        "\\",
        "a",
        "bc ",
        "é",
        "日本",
        "\u{202E}",
        "\u{200B}",
        "www.e.example",
        "http://e.example",
        "x@e.example",
        "[a]: /x\n",
        "---\n",
        "===\n",
        " ",
        "/api/v1/files/x",
        "\r",
        "\0",
        "<a href=x>",
        "]]>",
        "on=\"",
        "=",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn assert_holds(source: &str) {
    let result = rendered(source);
    assert_safe(&result.html);
    let (_, shown) = read(&result.html);
    assert_eq!(squeezed(&shown), squeezed(&result.text), "the text is what the reader sees, of {source:?}");
    assert!(result.mentions.iter().all(|id| id == CAMILA || id == "mem_01h"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_markdown_is_safe(source in soup()) {
        assert_holds(&source);
    }

    #[test]
    fn any_text_is_safe(source in any::<String>()) {
        assert_holds(&source);
    }

    #[test]
    fn whatever_is_sanitized_stays(html in soup()) {
        let once = sanitize(&html);
        prop_assert_eq!(sanitize(&once), once);
    }

    #[test]
    fn snippets_fit(text in any::<String>(), most in 0_usize..50) {
        let cut = snippet(&text, most);
        prop_assert!(cut.chars().count() <= most || text.trim().is_empty());
    }
}
