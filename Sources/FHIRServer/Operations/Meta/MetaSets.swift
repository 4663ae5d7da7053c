import Clinic
import JSONTape

/// The three sets that Meta holds: profiles by URL, security labels and tags by system and code, whatever their version
/// and display (R4 resource-definitions.html#Meta).
struct MetaSets {
    private struct Entry {
        var key: String
        var json: [UInt8]
    }

    private static let names = ["profile", "security", "tag"]
    private var sets: [[Entry]]

    /// The sets of a Meta, each value once; empty for nil.
    init(_ meta: JSONNode?) {
        sets = Self.names.map { name in
            var entries: [Entry] = []
            for item in meta?[named: name]?.items ?? [] {
                let entry = Entry(key: Self.key(item), json: item.source)
                if !entries.contains(where: { $0.key == entry.key }) { entries.append(entry) }
            }
            return entries
        }
    }

    private static func key(_ item: JSONNode) -> String {
        item.string ?? "\(item["system"]?.string ?? "")|\(item["code"]?.string ?? "")"
    }

    /// Whether the set of a name, `profile`, `security` or `tag`, has nothing in it.
    func isEmpty(_ name: String) -> Bool { Self.names.firstIndex(of: name).map { sets[$0].isEmpty } ?? true }

    /// Adds what is not there yet, behind what is.
    mutating func add(_ other: MetaSets) {
        for set in sets.indices {
            let known = Set(sets[set].map(\.key))
            sets[set] += other.sets[set].filter { !known.contains($0.key) }
        }
    }

    /// Removes what is there; the rest is no error.
    mutating func remove(_ other: MetaSets) {
        for set in sets.indices {
            let unwanted = Set(other.sets[set].map(\.key))
            sets[set].removeAll { unwanted.contains($0.key) }
        }
    }

    /// The resource with these sets in its meta, everything else as it was.
    func applied(to resource: JSONNode) -> [UInt8] {
        var meta = ResourceEdit(resource["meta"])
        for (name, entries) in zip(Self.names, sets) { meta.set(name, items: entries.map(\.json)) }
        var edit = ResourceEdit(resource)
        // FHIR knows no empty objects (R4 json.html).
        if meta.bytes == Array("{}".utf8) { edit.remove("meta") } else { edit.set("meta", json: meta.bytes) }
        return edit.bytes
    }
}

/// What the operations on Meta answer: Parameters with one `return` (R4 operations.html#response).
enum MetaAnswer {
    static func json(_ meta: JSONNode?) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Parameters")
            if let meta {
                writer.key("parameter")
                writer.beginArray()
                writer.beginObject()
                writer.member("name", "return")
                writer.key("valueMeta")
                writer.copy(meta)
                writer.endObject()
                writer.endArray()
            }
            writer.endObject()
        }
    }
}
