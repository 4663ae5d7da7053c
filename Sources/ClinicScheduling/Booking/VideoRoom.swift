import Clinic
import FHIRStore
import JSONTape

/// Where a video visit takes place: R5's Appointment.virtualService, as an extension.
enum VideoRoom {
    /// Codes of `Appointment.appointmentType`: the clinic's own words, and HL7's ActCode.
    private static let codes: Set<String> = ["VR", "virtual", "video", "audio", "telehealth"]
    /// Beginnings of R4's endpoint-connection-types, which are between machines.
    private static let machineTypes = ["ihe-", "dicom-", "hl7", "secure-email", "direct-project"]

    static func isVirtual(_ appointment: JSONNode?) -> Bool {
        let codings = appointment?["appointmentType"]?["coding"]?.items ?? []
        return codings.contains { codes.contains($0["code"]?.string ?? "") }
    }

    /// The address of the room; nil if there is none.
    static func address(of appointment: JSONNode) -> String? {
        let service = appointment.extensionNode(AppointmentExtension.virtualService)
        return (service?["extension"]?.items ?? []).first { $0["url"]?.string == "addressUrl" }?["valueUrl"]?.string
    }

    /// The extension with the room of whoever takes part, or of the clinic.
    ///
    /// Throws `StoreError` (422 no-video-room) where nobody provides one.
    static func extensionJSON(
        for actors: [LocalReference], _ rules: SchedulingRules, _ work: ClinicWork
    ) async throws -> [UInt8] {
        let clinic = rules.text(SchedulingRules.videoRoom)
        guard let address = try await provided(by: actors, work) ?? (clinic.isEmpty ? nil : clinic) else {
            throw StoreError(
                .businessRule, "nobody who takes part provides a room for video visits",
                expression: "Appointment.appointmentType", details: "no-video-room")
        }
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("url", AppointmentExtension.virtualService)
            writer.key("extension")
            writer.beginArray()
            writer.beginObject()
            writer.member("url", "addressUrl")
            writer.member("valueUrl", address.replacing("{room}", with: Self.newName()))
            writer.endObject()
            writer.endArray()
            writer.endObject()
        }
    }

    /// A name that nobody guesses.
    private static func newName() -> String {
        (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }

    /// The first active Endpoint for people of the roles and services that take part.
    private static func provided(by actors: [LocalReference], _ work: ClinicWork) async throws -> String? {
        var holders: [StoredResource] = []
        for actor in actors {
            switch actor.typeName {
            case "Practitioner":
                holders += try await work.search("PractitionerRole", [("practitioner", actor.text)], limit: 20)
            case "PractitionerRole", "HealthcareService":
                if let found = try await work.find(actor) { holders.append(found) }
            default: continue
            }
        }
        let active = holders.filter { $0.node["active"]?.bool != false }
        let endpoints = active.flatMap { $0.node["endpoint"]?.items ?? [] }.compactMap { LocalReference($0) }
        for reference in endpoints where reference.typeName == "Endpoint" {
            guard let endpoint = try await work.find(reference), endpoint.status == "active",
                let address = endpoint.node["address"]?.string, address.hasPrefix("https://"),
                let type = endpoint.node["connectionType"]?["code"]?.string,
                !machineTypes.contains(where: { type.hasPrefix($0) })
            else { continue }
            return address
        }
        return nil
    }
}
