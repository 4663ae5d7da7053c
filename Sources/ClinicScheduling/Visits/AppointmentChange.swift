import Clinic
import FHIRStore
import JSONTape
import PostgreSQL

/// One change of state of a stored appointment, with what becomes of its slots.
struct AppointmentChange {
    enum Slots {
        case stay
        /// They become free, unless another appointment uses them.
        case freed
        /// They become busy again.
        case taken
    }

    let work: ClinicWork
    let stored: StoredResource
    var edit: ResourceEdit
    var changes: ChangeSet
    private let slots: SlotBook

    init(_ work: ClinicWork, _ stored: StoredResource, to status: String, slots kind: Slots) async throws {
        self.work = work
        self.stored = stored
        edit = stored.edit
        edit.set("status", status)
        edit.setExtension(AppointmentExtension.expires, nil)
        changes = ChangeSet(work)
        guard kind != .stay else {
            slots = SlotBook()
            return
        }
        let named = BookingWish.slots(of: stored.node)
        let book = try await SlotBook(known: named, in: work.transaction)
        if kind == .freed {
            slots = book.without(try await book.takenByOthers(than: stored.reference.id, in: work.transaction))
            // Written behind the appointment, which holds them until then.
            pending = [(["busy", "busy-tentative"], "free")]
        } else {
            slots = book
            pending = [(["free", "busy-tentative"], "busy")]
        }
    }

    private var pending: [(from: [String], to: String)] = []

    /// Writes everything; the appointment as it is now, then what was added to `changes`.
    mutating func apply() async throws -> [SavedResource] {
        var all = ChangeSet(work)
        all.update(stored, edit)
        all.append(changes)
        for (from, to) in pending { slots.change(from, to: to, in: &all) }
        return try await all.apply()
    }
}
