import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// What is to be booked or held, as the caller says it.
struct BookingWish: Sendable {
    /// What the booking begins as.
    enum Aim: Sendable {
        case booked
        /// Kept for a while; for so long as the setting says if there is no time.
        case hold(until: Instant?, setting: ClinicSetting)
    }

    var aim = Aim.booked
    /// The proposal; nil where only slots are named.
    var appointment: JSONNode?
    /// The stored appointment that becomes the booking, locked.
    var stored: StoredResource?
    var slots: [LocalReference] = []
    var patients: [LocalReference] = []
    /// Patients as resources, created where they are not known.
    var patientResources: [JSONNode] = []
    var comment: String?
    var reasons: [[UInt8]] = []
    var supporting: [[UInt8]] = []
    var series: RecurrenceRule?
    var isPrepaid = false
    var isOverbooked = false
    var overbookReason: String?
    /// Further extensions of the appointment, by url.
    var extensions: [(url: String, json: [UInt8])] = []

    init() {}

    /// Reads what `$book` and `$hold` share: the appointment or the slots. A stored appointment is locked.
    init(_ work: ClinicWork, from states: Set<String>, to: String) async throws {
        let parameters = work.parameters
        let references = try parameters.references("appointment-reference", "Appointment")
        let resources = parameters.resources("appointment-resource")
        let named = try parameters.references("slot", "Slot")
        guard references.count + resources.count == 1 || (references.isEmpty && resources.isEmpty && !named.isEmpty)
        else {
            throw OperationParameters.invalid("one of appointment-reference, appointment-resource and slot is given")
        }
        if let reference = references.first {
            let type = try work.store.resourceType("Appointment")
            let version = try await work.transaction.lock(type, id: reference.id)
            guard let found = try version.flatMap({ try StoredResource($0, in: work.store) }) else {
                throw StoreError(.notFound, "\(reference.text) does not exist", details: "unknown-appointment")
            }
            // From booked to booked is a reschedule, and from noshow a correction: operations of their own.
            try work.require(found, in: states, to: to)
            try Hold.requireRunning(found.node, now: work.now)
            stored = found
            appointment = found.node
        } else {
            appointment = resources.first
        }
        slots = named + (appointment.map(Self.slots) ?? [])
    }

    /// What `$book` adds to the appointment.
    mutating func addDetails(of parameters: OperationParameters) {
        comment = parameters.text("comment")
        reasons = parameters.concepts("reason")
        supporting = parameters.referenceValues("supporting")
    }

    static func slots(of appointment: JSONNode) -> [LocalReference] {
        (appointment["slot"]?.items ?? []).compactMap { LocalReference($0) }.filter { $0.typeName == "Slot" }
    }

    /// Whether the appointment holds its slots already.
    var isHeld: Bool { stored?.status == "pending" }

    /// Schedules that the appointment names itself.
    var schedules: [LocalReference] {
        let node = appointment?.extensionNode(AppointmentExtension.schedule)?["valueReference"]
        return [LocalReference(node)].compactMap(\.self).filter { $0.typeName == "Schedule" }
    }
}
