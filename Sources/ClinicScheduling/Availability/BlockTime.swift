import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import PostgreSQL

/// `Schedule/[id]/$block`: nobody is seen in this time.
struct BlockTime: ClinicOperation {
    enum Kind: String, CaseIterable {
        case pause = "break"
        case holiday, leave, maintenance
    }

    /// What becomes of appointments in the time.
    enum OnConflict: String, CaseIterable {
        case reject
        /// They stay, and are listed.
        case list
        /// They are cancelled, and whoever listens to that is told.
        case cancelAndNotify = "cancel-and-notify"
    }

    static let parameters: [ClinicOperationDeclaration.Parameter] = [
        .init(.input, "period", 1, 1, "Period", "From when to when."),
        .init(.input, "kind", 0, 1, "code", "break, holiday, leave or maintenance."),
        .init(.input, "reason", 0, 1, "string", "Kept as Slot.comment."),
        .init(.input, "onConflict", 0, 1, "code", "reject, list or cancel-and-notify booked time; default reject."),
    ]

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "block", typeName: "Schedule", level: .instance, affectsState: true,
            documentation: "Takes a time out of the Schedule, for a break, holiday, leave or maintenance.",
            roles: [.superadmin, .medicalAdmin, .humanResources, .physician], events: ["schedule.blocked"],
            parameters: Self.parameters + [
                .init(.output, "slot", 0, nil, "Slot", "Slots that are unavailable now; first the block itself."),
                .init(.output, "conflict", 0, nil, "Reference", "Appointments in the time."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let stored = try work.instance
        let (start, end) = try Self.period(work.parameters)
        let kind = try work.parameters.code("kind", Kind.self) ?? .pause
        let onConflict = try work.parameters.code("onConflict", OnConflict.self) ?? .reject
        let conflicts = try await BookedTime.within(start.text, end.text, stored.node, in: work.transaction)
        if onConflict == .reject, !conflicts.isEmpty {
            let list = conflicts.prefix(20).map(\.text).joined(separator: ", ")
            throw StoreError(
                .conflict, "\(conflicts.count) appointments are booked in this time: \(list)", expression: "Schedule",
                details: "booked-time")
        }
        if onConflict == .cancelAndNotify { try await cancel(conflicts, work) }
        let slots = try await ScheduleSlots(
            stored.reference, from: start, to: end, ["free"], in: work.transaction)
        var changes = ChangeSet(work)
        let block = changes.create(json: slot(stored.reference, start, end, kind, work), type: "Slot")
        slots.book.change(["free"], to: "busy-unavailable", in: &changes)
        changes.record("schedule.blocked", stored.reference)
        let saved = try await changes.apply()
        try await hold(block, stored, start, end, work)
        var answer = ParametersWriter()
        for slot in saved { answer.add("slot", resource: slot.json) }
        for conflict in conflicts { answer.add("conflict", reference: conflict) }
        return ClinicAnswer(answer)
    }

    static func period(_ parameters: OperationParameters) throws -> (BookingTime, BookingTime) {
        let period = parameters.value("period")
        guard let start = period?["start"]?.string.flatMap({ BookingTime($0) }),
            let end = period?["end"]?.string.flatMap({ BookingTime($0) }), start < end
        else {
            throw OperationParameters.invalid(
                "the period begins before it ends, at times with zones",
                at: parameters.place(of: "period").map { $0 + ".value" })
        }
        return (start, end)
    }

    private func cancel(_ appointments: [LocalReference], _ work: ClinicWork) async throws {
        let locked = try await work.lock(all: appointments)
        let reason = ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("text", work.parameters.text("reason") ?? "the time is not available")
            writer.endObject()
        }
        for reference in appointments {
            guard let stored = locked[reference] else { continue }
            try work.require(stored, in: ["pending", "booked", "arrived"], to: "cancelled")
            _ = try await CancelAppointment.cancel(stored, reason: reason, work)
        }
    }

    private func slot(
        _ schedule: LocalReference, _ start: BookingTime, _ end: BookingTime, _ kind: Kind, _ work: ClinicWork
    ) -> [UInt8] {
        var edit = ResourceEdit(nil)
        edit.set("resourceType", "Slot")
        let url = AppointmentExtension.blockKind
        edit.set("extension", items: [ExtensionJSON.string(url, "valueCode", kind.rawValue)])
        edit.set("schedule", json: schedule.json)
        edit.set("status", "busy-unavailable")
        edit.set("start", start.text)
        edit.set("end", end.text)
        if let reason = work.parameters.text("reason"), !reason.isEmpty { edit.set("comment", reason) }
        return edit.bytes
    }

    private func hold(
        _ block: LocalReference, _ schedule: StoredResource, _ start: BookingTime, _ end: BookingTime,
        _ work: ClinicWork
    ) async throws {
        var parameters = SQLParameters()
        parameters.append(text: block.id)
        parameters.append(utf8: schedule.node["actor"]?.source ?? Array("[]".utf8))
        parameters.append(text: start.text)
        parameters.append(text: end.text)
        _ = try await work.transaction.session.query(Self.hold, parameters)
    }

    private static let hold = SQLStatement(
        "SELECT clinic_block($1::text, $2::text::jsonb, $3::text::timestamptz, $4::text::timestamptz)")
}

/// `Schedule/[id]/$unblock`: takes back the blocks that lie within a time.
struct UnblockTime: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "unblock", typeName: "Schedule", level: .instance, affectsState: true,
            documentation: "Takes back the blocks of the Schedule within a period; its Slots there become free again.",
            roles: [.superadmin, .medicalAdmin, .humanResources, .physician], events: ["schedule.changed"],
            parameters: BlockTime.parameters + [
                .init(.output, "slot", 0, nil, "Slot", "Slots that are free now."),
                .init(.output, "removed", 1, 1, "integer", "Number of blocks taken back."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let stored = try work.instance
        let (start, end) = try BlockTime.period(work.parameters)
        let kind = try work.parameters.code("kind", BlockTime.Kind.self)
        let slots = try await ScheduleSlots(
            stored.reference, from: start, to: end, ["busy-unavailable"], in: work.transaction)
        var freed: Set<LocalReference> = []
        var blocks: [LocalReference] = []
        for entry in slots.book.entries {
            guard let code = entry.node.extensionNode(AppointmentExtension.blockKind)?["valueCode"]?.string else {
                freed.insert(entry.reference)
                continue
            }
            let from = entry.node["start"]?.string.flatMap { BookingTime($0) } ?? start
            let to = entry.node["end"]?.string.flatMap { BookingTime($0) } ?? end
            guard kind.map({ $0.rawValue == code }) ?? true else { continue }
            guard from >= start, to <= end else {
                throw StoreError(
                    .businessRule, "\(entry.reference.text) reaches beyond the period: take back all of it",
                    expression: "Slot", details: "partial-block")
            }
            blocks.append(entry.reference)
        }
        let type = try work.store.resourceType("Slot")
        for block in blocks { _ = try await work.transaction.delete(type, id: block.id) }
        // What another block still covers stays as it is.
        let rest = try await ScheduleSlots(
            stored.reference, from: start, to: end, ["busy-unavailable"], in: work.transaction)
        let covering = rest.book.entries.filter { $0.node.extensionNode(AppointmentExtension.blockKind) != nil }
        let usable = rest.book.entries.filter { entry in
            freed.contains(entry.reference) && !covering.contains { Self.overlap(entry, $0) }
        }
        var changes = ChangeSet(work)
        rest.book.only(Set(usable.map(\.reference))).change(["busy-unavailable"], to: "free", in: &changes)
        changes.record("schedule.changed", stored.reference)
        let saved = try await changes.apply()
        var answer = ParametersWriter()
        for slot in saved { answer.add("slot", resource: slot.json) }
        answer.add("removed", integer: blocks.count)
        return ClinicAnswer(answer)
    }

    private static func overlap(_ left: SlotBook.Entry, _ right: SlotBook.Entry) -> Bool {
        func times(_ entry: SlotBook.Entry) -> (BookingTime, BookingTime)? {
            guard let start = entry.node["start"]?.string.flatMap({ BookingTime($0) }),
                let end = entry.node["end"]?.string.flatMap({ BookingTime($0) })
            else { return nil }
            return (start, end)
        }
        guard let (a, b) = times(left), let (c, d) = times(right) else { return false }
        return a < d && c < b
    }
}

/// Slots of a schedule that overlap a time, locked.
struct ScheduleSlots {
    let book: SlotBook

    init(
        _ schedule: LocalReference, from start: BookingTime, to end: BookingTime, _ statuses: [String],
        in transaction: StoreTransaction
    ) async throws {
        var parameters = SQLParameters()
        parameters.append(text: schedule.text)
        parameters.append(text: start.text)
        parameters.append(text: end.text)
        parameters.append(textArray: statuses)
        let result = try await transaction.session.query(
            try transaction.store.statement(Self.statement), parameters)
        let found = (0..<result.rowCount).compactMap { row in result.string(row, 0).map { LocalReference("Slot", $0) } }
        book = try await SlotBook(known: found, in: transaction)
    }

    private static let statement = """
        SELECT id FROM @[Slot] s
        WHERE content -> 'schedule' ->> 'reference' = $1::text AND content ->> 'status' = ANY ($4::text[])
          AND (content ->> 'end')::timestamptz > $2::text::timestamptz
          AND (content ->> 'start')::timestamptz < $3::text::timestamptz
        """
}
