import Clinic
import FHIRFormats
import JSONTape

/// Extensions with one value, as JSON.
enum ExtensionJSON {
    static func string(_ url: String, _ member: String, _ value: String) -> [UInt8] {
        make(url, member) { $0.string(value) }
    }

    static func bool(_ url: String, _ value: Bool) -> [UInt8] { make(url, "valueBoolean") { $0.bool(value) } }
    static func number(_ url: String, _ value: Int) -> [UInt8] { make(url, "valuePositiveInt") { $0.number(value) } }
    static func time(_ url: String, _ value: Instant) -> [UInt8] { string(url, "valueDateTime", value.text) }

    static func reference(_ url: String, _ value: LocalReference) -> [UInt8] {
        make(url, "valueReference") { $0.raw(value.json) }
    }

    static func make(_ url: String, _ member: String, _ value: (inout JSONWriter) -> Void) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("url", url)
            writer.key(named: member)
            value(&writer)
            writer.endObject()
        }
    }
}

extension ResourceEdit {
    /// Puts an extension in place of those with its url; nil takes them away.
    mutating func setExtension(_ url: String, _ json: [UInt8]?) {
        setExtensions(url, json.map { [$0] } ?? [])
    }

    /// Puts extensions in place of those with their url.
    mutating func setExtensions(_ url: String, _ items: [[UInt8]]) {
        let others = self.items(of: "extension").filter { item in
            guard let document = try? Document.parse(item) else { return true }
            return JSONNode(document)["url"]?.string != url
        }
        guard !others.isEmpty || !items.isEmpty || !self.items(of: "extension").isEmpty else { return }
        set("extension", items: others + items)
    }
}
