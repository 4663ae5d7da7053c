import FoundationEssentials
import JSONTape

/// The names that a Library of CQL defines (R4 library.html; CQL, "Author's guide").
///
/// Read from what CQL was compiled to, ELM in XML or JSON, or from CQL itself. Names of value sets, parameters and the
/// like are among them: what matters is which names are missing.
enum LibraryNames {
    /// Nil for a library whose content is elsewhere or of other languages.
    static func names(of library: JSONNode) -> Set<String>? {
        var names: Set<String>?
        for attachment in library["content"]?.items ?? [] {
            guard let type = attachment["contentType"]?.string, let data = attachment["data"]?.string,
                let bytes = Data(base64Encoded: data, options: .ignoreUnknownCharacters)
            else { continue }
            switch type.prefix(while: { $0 != ";" }) {
            case "text/cql": names = (names ?? []).union(definitions(inCQL: String(decoding: bytes, as: UTF8.self)))
            case "application/elm+xml":
                names = (names ?? []).union(definitions(inXML: String(decoding: bytes, as: UTF8.self)))
            case "application/elm+json": names = (names ?? []).union(definitions(inJSON: [UInt8](bytes)))
            default: break
            }
        }
        return names
    }

    /// `define "A name":`, `define public Name:`, `define function Name(`.
    private static func definitions(inCQL text: String) -> Set<String> {
        var names: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) {
            var words = line.drop { $0 == " " || $0 == "\t" }
            guard words.hasPrefix("define ") else { continue }
            for word in ["define ", "public ", "private ", "fluent ", "function "] where words.hasPrefix(word) {
                words = words.dropFirst(word.count).drop { $0 == " " }
            }
            if words.first == "\"" {
                names.insert(String(words.dropFirst().prefix { $0 != "\"" }))
            } else {
                names.insert(String(words.prefix { $0 != ":" && $0 != "(" && $0 != " " }))
            }
        }
        return names
    }

    /// `<def name="…">`.
    private static func definitions(inXML text: String) -> Set<String> {
        var names: Set<String> = []
        for tag in text.split(separator: "<") where tag.hasPrefix("def ") {
            guard let start = tag.firstRange(of: " name=\"")?.upperBound else { continue }
            names.insert(String(tag[start...].prefix { $0 != "\"" }))
        }
        return names
    }

    /// `library.statements.def[].name`.
    private static func definitions(inJSON text: [UInt8]) -> Set<String> {
        guard let document = try? Document.parse(text) else { return [] }
        let definitions = JSONNode(document)["library"]?["statements"]?["def"]?.items ?? []
        return Set(definitions.compactMap { $0["name"]?.string })
    }
}
