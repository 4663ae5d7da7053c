import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// What a caller of `$book` asks for, with the stored appointment locked where one is named.
struct BookingRequest: Sendable {
    /// The proposal; nil where only slots are named.
    let appointment: JSONNode?
    /// Id of the stored appointment that becomes the booking.
    let storedID: String?
    let slots: [LocalReference]
    let comment: String?
    let reason: [UInt8]?
    let supporting: [[UInt8]]
    private let patientReferences: [LocalReference]
    private let patientResources: [JSONNode]

    init(_ work: ClinicWork) async throws {
        let parameters = work.parameters
        let transaction = work.transaction
        let references = try parameters.references("appointment-reference", "Appointment")
        let resources = parameters.resources("appointment-resource")
        let named = try parameters.references("slot", "Slot")
        guard references.count + resources.count == 1 || (references.isEmpty && resources.isEmpty && !named.isEmpty)
        else {
            throw OperationParameters.invalid("one of appointment-reference, appointment-resource and slot is given")
        }
        if let reference = references.first {
            appointment = try await Self.lock(reference, in: transaction)
            storedID = reference.id
        } else {
            appointment = resources.first
            storedID = nil
        }
        slots = named + (appointment.map(Self.slots) ?? [])
        comment = parameters.text("comment")
        reason = parameters.concept("reason")
        supporting = parameters.referenceValues("supporting")
        patientReferences = try parameters.references("patient-reference", "Patient")
        patientResources = parameters.resources("patient-resource")
    }

    /// Whether the appointment holds its slots already.
    var isHeld: Bool { storedID != nil && appointment?["status"]?.string == "pending" }

    static func slots(of appointment: JSONNode) -> [LocalReference] {
        (appointment["slot"]?.items ?? []).compactMap { LocalReference($0) }.filter { $0.typeName == "Slot" }
    }

    /// Whom the booking is for; patients that are given as resources and not known are created.
    func patients(in transaction: StoreTransaction) async throws -> [LocalReference] {
        var patients = patientReferences
        let type = try transaction.store.resourceType("Patient")
        for resource in patientResources {
            if let id = resource["id"]?.string, ResourceID.isValid(id),
                try await transaction.read(type, id: id) != nil
            {
                patients.append(LocalReference("Patient", id))
                continue
            }
            let input = ResourceInput(type: type, document: resource.document, index: resource.index)
            try await transaction.store.check(input)
            let created = try await transaction.create(input)
            patients.append(LocalReference("Patient", created.stamp.id))
        }
        return patients
    }

    private static func lock(_ reference: LocalReference, in transaction: StoreTransaction) async throws -> JSONNode {
        let type = try transaction.store.resourceType("Appointment")
        guard let stored = try await transaction.lock(type, id: reference.id), let content = stored.content else {
            throw StoreError(.notFound, "\(reference.text) does not exist", details: "unknown-appointment")
        }
        let appointment = JSONNode(try Document.parse(content))
        let status = appointment["status"]?.string ?? ""
        // From booked to booked is a reschedule, and from noshow a correction: operations of their own.
        guard ["proposed", "waitlist", "pending"].contains(status) else {
            throw StoreError.illegalTransition("Appointment", status, "booked")
        }
        return appointment
    }
}
