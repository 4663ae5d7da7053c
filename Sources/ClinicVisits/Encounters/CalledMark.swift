import Clinic
import FHIRFormats
import JSONTape

/// The extension of an encounter that a room has called and nobody has started yet: when it was called.
enum CalledMark {
    static let url = "urn:martlet:called"

    static func isOn(_ encounter: JSONNode) -> Bool {
        (encounter["extension"]?.items ?? []).contains { $0["url"]?.string == url }
    }

    static func put(on edit: inout ResourceEdit, at time: Instant) {
        edit.append(
            "extension",
            json: ResourceEdit.json { writer in
                writer.beginObject()
                writer.member("url", url)
                writer.member("valueDateTime", time.text)
                writer.endObject()
            })
    }

    static func remove(from edit: inout ResourceEdit, _ encounter: JSONNode) {
        let others = (encounter["extension"]?.items ?? []).filter { $0["url"]?.string != url }
        edit.set("extension", items: others.map(\.source))
    }
}
