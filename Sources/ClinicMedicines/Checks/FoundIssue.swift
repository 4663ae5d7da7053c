import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// Something that a check found: a DetectedIssue in the making.
struct FoundIssue: Sendable {
    static let system = "urn:martlet:detected-issue"

    let kind: RuleBook.Kind
    let severity: RuleBook.Severity
    let detail: String
    /// Which medicines and what else, the same for the same finding at another time.
    let subjects: [String]
    /// Stored resources that it is about.
    let implicated: [LocalReference]
    /// Positions of the medicines that were checked.
    let positions: [Int]

    /// The id under which it is stored for a patient: the same finding is the same issue.
    func id(for patient: LocalReference) -> String {
        let text = ([patient.text, kind.rawValue] + subjects.sorted()).joined(separator: "\n")
        let halves = [0xCBF2_9CE4_8422_2325, 0x8422_2325_CBF2_9CE4].map { (seed: UInt64) in
            text.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        }
        return "issue-" + halves.map { String($0, radix: 16) }.joined(separator: "-")
    }

    /// The DetectedIssue. https://hl7.org/fhir/R4/detectedissue.html
    ///
    /// - Parameter reason: why it was overridden.
    func json(for patient: LocalReference, at time: Instant, reason: String?) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "DetectedIssue")
            writer.member("status", "final")
            writer.key("code")
            writeCode(to: &writer)
            writer.member("severity", severity.rawValue)
            writer.key("patient")
            writer.raw(patient.json)
            writer.member("identifiedDateTime", time.text)
            if !implicated.isEmpty {
                writer.key("implicated")
                writer.beginArray()
                for reference in implicated { writer.raw(reference.json) }
                writer.endArray()
            }
            writer.member("detail", detail)
            if let reason {
                writer.key("mitigation")
                writer.beginArray()
                writer.raw(Self.mitigation(reason, at: time))
                writer.endArray()
            }
            writer.endObject()
        }
    }

    /// A mitigation: the prescriber knows, and says why.
    static func mitigation(_ reason: String, at time: Instant) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("action")
            writer.beginObject()
            writer.member("text", reason)
            writer.endObject()
            writer.member("date", time.text)
            writer.endObject()
        }
    }

    /// Ours, and the standard's where it has one.
    private func writeCode(to writer: inout JSONWriter) {
        let actCodes: [RuleBook.Kind: String] = [.interaction: "DRG", .duplicate: "DUPTHPY"]
        writer.beginObject()
        writer.key("coding")
        writer.beginArray()
        writer.beginObject()
        writer.member("system", Self.system)
        writer.member("code", kind.rawValue)
        writer.endObject()
        if let code = actCodes[kind] {
            writer.beginObject()
            writer.member("system", "http://terminology.hl7.org/CodeSystem/v3-ActCode")
            writer.member("code", code)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
