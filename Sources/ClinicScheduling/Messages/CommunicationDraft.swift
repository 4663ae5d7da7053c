import Clinic
import FHIRFormats
import FHIRModel
import JSONTape

/// The JSON of a Communication about an appointment. Its text tells nothing of what the appointment is about.
struct CommunicationDraft {
    enum Kind: String {
        case reminder
        case notification
    }

    var kind: Kind
    var status = "preparation"
    var statusReason: String?
    var recipient: String
    /// `email`, `sms`; nil for what is read here alone.
    var channel: String?
    var appointment: LocalReference
    /// What happened: `appointment.booked`.
    var event: String?
    var basedOn: LocalReference?
    var sent: Instant?
    var text: String

    init(kind: Kind, recipient: String, channel: String?, appointment: LocalReference, text: String) {
        self.kind = kind
        self.recipient = recipient
        self.channel = channel
        self.appointment = appointment
        self.text = text
    }

    var json: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Communication")
            if let basedOn { Self.list("basedOn", basedOn.json, &writer) }
            writer.member("status", status)
            if let statusReason {
                writer.key("statusReason")
                writer.beginObject()
                writer.member("text", statusReason)
                writer.endObject()
            }
            Self.list("category", Self.category(kind.rawValue), &writer)
            if let channel { Self.list("medium", Self.medium(channel), &writer) }
            let person = LocalReference(recipient)
            // Patients see what is about them: messages to others are not.
            if let person, person.typeName == "Patient" {
                writer.key("subject")
                writer.raw(person.json)
            }
            if let event {
                writer.key("topic")
                writer.raw(CodeableConcept.of("urn:martlet:event", event).json)
            }
            Self.list("about", appointment.json, &writer)
            if let sent { writer.member("sent", sent.text) }
            if let person { Self.list("recipient", person.json, &writer) }
            Self.list("payload", Self.payload(text), &writer)
            writer.endObject()
        }
    }

    static func payload(_ text: String) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("contentString", text)
            writer.endObject()
        }
    }

    /// Of HL7's categories of communications.
    static func category(_ code: String) -> [UInt8] {
        CodeableConcept.of("http://terminology.hl7.org/CodeSystem/communication-category", code).json
    }

    /// By v3's ParticipationMode.
    static func medium(_ channel: String) -> [UInt8] {
        let code = channel == "email" ? "EMAILWRIT" : channel == "sms" ? "SMSWRIT" : channel
        return CodeableConcept.of("http://terminology.hl7.org/CodeSystem/v3-ParticipationMode", code).json
    }

    static func list(_ name: String, _ item: [UInt8], _ writer: inout JSONWriter) {
        writer.key(named: name)
        writer.beginArray()
        writer.raw(item)
        writer.endArray()
    }
}
