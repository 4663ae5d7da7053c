import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// Changes appointments whose time has come, each in a transaction of its own, after another look at it.
struct AppointmentSweep {
    private let find: SQLStatement
    private let minutes: Int?

    init(find: SQLStatement, minutes: Int? = nil) {
        self.find = find
        self.minutes = minutes
    }

    /// - Parameter decide: what a locked appointment becomes, and why; nil if it is to stay.
    func run(
        _ store: FHIRStore, _ decide: @Sendable (StoredResource, Instant) -> (status: String, reason: String?)?
    ) async throws -> Int {
        var parameters = SQLParameters()
        if let minutes { parameters.append(int32: Int32(minutes)) }
        let result = try await store.database.query(find, parameters)
        let ids = (0..<result.rowCount).compactMap { result.string($0, 0) }
        var count = 0
        for id in ids where try await change(id, store, decide) { count += 1 }
        return count
    }

    private func change(
        _ id: String, _ store: FHIRStore, _ decide: (StoredResource, Instant) -> (status: String, reason: String?)?
    ) async throws -> Bool {
        try await store.transaction { transaction in
            let type = try store.resourceType("Appointment")
            guard let version = try await transaction.lock(type, id: id),
                let stored = try StoredResource(version, in: store),
                let (status, reason) = decide(stored, store.clock())
            else { return false }
            var edit = stored.edit
            edit.set("status", status)
            edit.setExtension(AppointmentExtension.expires, nil)
            if let reason {
                edit.set(
                    "cancelationReason",
                    json: ResourceEdit.json { writer in
                        writer.beginObject()
                        writer.member("text", reason)
                        writer.endObject()
                    })
            }
            let book = try await SlotBook(known: BookingWish.slots(of: stored.node), in: transaction)
            let others = try await book.takenByOthers(than: id, in: transaction)
            let input = ResourceInput(type: type, document: try Document.parse(edit.bytes, limits: .fhir))
            let slots = try await book.without(others).commands(
                changing: ["busy", "busy-tentative"], to: "free", in: store)
            _ = try await transaction.apply([store.updateCommand(input, id: id)] + slots)
            return true
        }
    }
}
