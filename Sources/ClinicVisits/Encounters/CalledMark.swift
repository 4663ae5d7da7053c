import Clinic
import FHIRFormats
import JSONTape

/// The extensions of an encounter that a room has called: when it was called, and when it was started then.
///
/// They stay while the visit goes on, so that a patient who waits twice is not called away from it.
enum CalledMark {
    static let url = "urn:martlet:called"
    private static let startedURL = "urn:martlet:started"

    /// Whether a room has called the patient and nobody has started the visit yet.
    static func isOpen(_ encounter: JSONNode) -> Bool {
        let urls = (encounter["extension"]?.items ?? []).compactMap { $0["url"]?.string }
        return urls.contains(url) && !urls.contains(startedURL)
    }

    static func call(_ edit: inout ResourceEdit, at time: Instant) { mark(&edit, url, time) }

    static func start(_ edit: inout ResourceEdit, at time: Instant) { mark(&edit, startedURL, time) }

    private static func mark(_ edit: inout ResourceEdit, _ url: String, _ time: Instant) {
        edit.append(
            "extension",
            json: ResourceEdit.json { writer in
                writer.beginObject()
                writer.member("url", url)
                writer.member("valueDateTime", time.text)
                writer.endObject()
            })
    }
}
