/// What XML can hold besides elements, put into a document (R4 xml.html, security.html#narrative).
enum HostileXML {
    private static let parts = [
        "<x/>", "text", "&e;", "<![CDATA[a]]>", "<?a b?>", "<!-- -->", "&#0;", "&#x1F600;", "&#xD800;", "&amp;", "<",
        "<id value=\"f1\"/>", "<text><status value=\"generated\"/></text>", String(repeating: "<a>", count: 3000),
        "<extension url=\"a\"><valueString value=\"b\"/></extension>", "<a:b xmlns:a=\"x\"/>", "</Patient>",
    ]

    static func apply(to bytes: inout [UInt8], _ random: inout Randomness) {
        if random.chance(15) {
            let types = [
                "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
                "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/\">",
                "<?xml version=\"1.0\" encoding=\"utf-16\"?>", "\u{FEFF}", "<!DOCTYPE a [<!ENTITY e \"ee\">]>",
            ]
            bytes = Array(random.pick(types).utf8) + bytes
            return
        }
        let ends = bytes.indices.filter { bytes[$0] == 0x3E }
        guard !ends.isEmpty else { return }
        bytes.insert(contentsOf: Array(random.pick(parts).utf8), at: random.pick(ends) + 1)
    }
}
