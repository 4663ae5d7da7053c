import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import JSONTape

/// The Provenance by which a resource's message is found: one for each message, with all that it wrote as targets and
/// the message as the entity (R4 provenance.html).
///
///     Provenance?target=Observation/…  →  entity.what.identifier urn:martlet:hl7-message|4711
struct MessageProvenance: Sendable {
    private let store: FHIRStore
    private let type: TypeID?

    init(store: FHIRStore) {
        self.store = store
        let type = store.definitions.resourceType(named: "Provenance")
        self.type = type.flatMap { store.tables.types.contains($0) ? $0 : nil }
    }

    /// System of the numbers of messages.
    static let messageSystem = "urn:martlet:hl7-message"
    /// System of the names of sources.
    static let sourceSystem = "urn:martlet:hl7-source"

    /// Logical id of a message's Provenance.
    static func id(_ number: Int64) -> String { IdentityKey("Provenance", [messageSystem, "\(number)"]).id }

    /// The write; nil where nothing was written that it could be about.
    /// - Parameter isNew: the message was never tried before.
    func command(
        _ number: Int64, _ message: ReceivedMessage, resources: [String], isNew: Bool
    ) throws -> WriteCommand? {
        guard let type, !resources.isEmpty else { return nil }
        let id = Self.id(number)
        let json = Self.json(id, number, message, resources, recorded: store.clock())
        let input = ResourceInput(type: type, document: try Document.parse(json, limits: .fhir))
        // Not put to the check: all of it but names and ids is fixed.
        return isNew ? store.createCommand(input, id: id) : store.updateCommand(input, id: id)
    }

    private static func json(
        _ id: String, _ number: Int64, _ message: ReceivedMessage, _ resources: [String], recorded: Instant
    ) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: 640 + resources.count * 80)
        writer.beginObject()
        writer.member("resourceType", "Provenance")
        writer.member("id", id)
        writer.key("target")
        writer.beginArray()
        for resource in resources {
            writer.beginObject()
            writer.member("reference", resource)
            writer.endObject()
        }
        writer.endArray()
        writer.member("recorded", recorded.text)
        writer.key("agent")
        writer.beginArray()
        writer.beginObject()
        writer.key("who")
        identifier(sourceSystem, message.source, to: &writer)
        writer.endObject()
        writer.endArray()
        writer.key("entity")
        writer.beginArray()
        writer.beginObject()
        writer.member("role", "source")
        writer.key("what")
        identifier(messageSystem, "\(number)", display: message.type, to: &writer)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func identifier(
        _ system: String, _ value: String, display: String = "", to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.key("identifier")
        writer.beginObject()
        writer.member("system", system)
        writer.member("value", value)
        writer.endObject()
        let words = display.trimmed
        if !words.isEmpty { writer.member("display", words) }
        writer.endObject()
    }
}

extension String {
    /// Without blanks at the ends and without control characters, which FHIR's strings do not have.
    fileprivate var trimmed: String {
        let clean = unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        return String(String.UnicodeScalarView(clean)).split(separator: " ").joined(separator: " ")
    }
}
