/// The elements and attributes that writers may use. Everything else is left out, its text stays.
enum HTMLAllowList {
    static let elements: Set<String> = [
        "a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup",
        "dd",
        "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6",
        "hr",
        "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section",
        "small",
        "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt",
        "u", "ul", "var", "wbr",
    ]
    static let void: Set<String> = ["br", "col", "hr", "img", "wbr", "input"]

    /// Elements whose content goes with them: it is no text for readers. True where they nest.
    static let dropped: [String: Bool] = [
        "script": false, "style": false, "textarea": false, "title": false, "xmp": false, "iframe": false,
        "noembed": false, "noframes": false, "noscript": false, "svg": true, "math": true, "template": true,
        "select": true, "object": true, "video": true, "audio": true, "canvas": true, "applet": true,
    ]

    /// Elements that an opening tag closes, up to one that shields them.
    static func implied(by name: String) -> (closes: Set<String>, shields: Set<String>)? {
        switch name {
        case "li": (["li"], ["ul", "ol", "table", "details"])
        case "dt", "dd": (["dt", "dd"], ["dl", "table"])
        case "tr": (["tr", "td", "th"], ["table"])
        case "td", "th": (["td", "th"], ["table", "tr"])
        case "thead", "tbody", "tfoot":
            (["thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup"], ["table"])
        default: nil
        }
    }

    /// What an unmatched end tag inside of them may not reach out of.
    static let barriers: Set<String> = ["td", "th", "caption", "table", "details", "summary"]

    private static let numbers: [String: Set<String>] = [
        "colspan": ["td", "th"], "rowspan": ["td", "th"], "start": ["ol"], "value": ["li"],
        "span": ["col", "colgroup"],
    ]
    private static let sizes: Set<String> = ["img", "table", "td", "th", "col"]
    private static let aligned: Set<String> = [
        "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr", "table", "img", "thead", "tbody",
    ]
    /// Names that the parser itself gives.
    private static let classes: Set<String> = ["footnotes", "footnote-ref", "footnote-backref"]

    /// An attribute that needs no knowledge of the place; nil drops it.
    static func value(_ attribute: String, _ text: String, of element: String) -> String? {
        switch attribute {
        case "title", "alt", "lang", "abbr":
            return String(text.prefix(1000))
        case "dir":
            return ["ltr", "rtl", "auto"].first { $0 == text.lowercased() }
        case "open":
            return element == "details" ? "" : nil
        case "align":
            guard aligned.contains(element) else { return nil }
            return ["left", "center", "right", "justify", "middle", "top"].first { $0 == text.lowercased() }
        case "width", "height":
            guard sizes.contains(element) else { return nil }
            var digits = text.lowercased()[...]
            if digits.hasSuffix("px") { digits = digits.dropLast(2) }
            let isShare = digits.hasSuffix("%")
            if isShare { digits = digits.dropLast() }
            guard let number = Int(digits), (0...(isShare ? 100 : 4000)).contains(number) else { return nil }
            return isShare ? "\(number)%" : "\(number)"
        case "colspan", "rowspan", "start", "value", "span":
            guard numbers[attribute]?.contains(element) == true, let number = Int(text) else { return nil }
            let limit = attribute == "start" || attribute == "value" ? 1_000_000 : 100
            return (0...limit).contains(number) ? "\(number)" : nil
        case "class":
            return classes.contains(text) ? text : nil
        default:
            return nil
        }
    }
}
