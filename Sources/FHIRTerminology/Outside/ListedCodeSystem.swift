package import JSONTape

/// Code systems that R4 names without listing them, and whose codes are a short list of somebody else's.
package enum ListedCodeSystem {
    /// URLs of all of them.
    package static let urls = [CurrencyCodes.url, TimeZoneNames.url]

    /// The system as a CodeSystem resource; nil for another URL.
    package static func resource(_ url: String) -> JSONNode? {
        switch url {
        case CurrencyCodes.url: currencies
        case TimeZoneNames.url: timeZones
        default: nil
        }
    }

    private struct Concept {
        var code: Substring
        var display: Substring?
        var isInactive = false
    }

    private static let currencies: JSONNode? = {
        func read(_ table: String, isInactive: Bool) -> [Concept] {
            table.split(separator: "\n").map { line in
                Concept(code: line.prefix(3), display: line.dropFirst(4), isInactive: isInactive)
            }
        }
        let concepts =
            read(CurrencyCodes.current, isInactive: false) + read(CurrencyCodes.withdrawn, isInactive: true)
        return node(CurrencyCodes.url, name: "ISO4217", title: "Currencies of ISO 4217", concepts)
    }()

    private static let timeZones: JSONNode? = {
        var names: [String] = []
        for line in TimeZoneNames.areas.split(separator: "\n") {
            let words = line.split(separator: " ")
            let area = words[0] == "-" ? "" : words[0] + "/"
            names += words.dropFirst().map { area + $0 }
        }
        return node(
            TimeZoneNames.url, name: "IANATimeZones", title: "Time zones of the IANA database",
            names.map { Concept(code: $0[...]) })
    }()

    private static func node(_ url: String, name: String, title: String, _ concepts: [Concept]) -> JSONNode? {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "CodeSystem")
        writer.member("url", url)
        writer.member("name", name)
        writer.member("title", title)
        writer.member("status", "active")
        writer.member("content", "complete")
        writer.key("caseSensitive")
        writer.bool(true)
        writer.key("concept")
        writer.beginArray()
        for concept in concepts {
            writer.beginObject()
            writer.member("code", String(concept.code))
            if let display = concept.display { writer.member("display", String(display)) }
            if concept.isInactive {
                writer.key("property")
                writer.beginArray()
                writer.beginObject()
                writer.member("code", "inactive")
                writer.key("valueBoolean")
                writer.bool(true)
                writer.endObject()
                writer.endArray()
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return (try? Document.parse(writer.bytes)).map { JSONNode($0) }
    }
}
