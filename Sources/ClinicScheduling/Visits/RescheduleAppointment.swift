import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /Appointment/[id]/$reschedule`: the new time is won before the old one is given back, in one transaction.
struct RescheduleAppointment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "reschedule", typeName: "Appointment", level: .instance, affectsState: true,
            documentation: """
                Moves a booked appointment to another time, practitioner or both. Where the new time is taken it stays \
                as it was, and the 409 names free times.
                """,
            roles: [.superadmin, .medicalAdmin, .registration, .physician, .patient, .proxy, .system],
            transition: .init(from: ["booked"], to: "booked"), events: ["appointment.rescheduled"],
            parameters: [
                .init(.input, "start", 1, 1, "dateTime", "When it is to begin."),
                .init(.input, "end", 0, 1, "dateTime", "When it is to end; as long as before, if left out."),
                .init(.input, "practitioner", 0, 1, "Reference", "Who takes over from the practitioner it was with."),
                .init(.input, "reason", 0, 1, "string", "Why, kept as an extension of the appointment."),
                .init(.input, "notify", 0, 1, "boolean", "Whether the patient is told; default true."),
                .init(.input, "by", 0, 1, "code", "patient or staff; decides whether the cut-off holds."),
                .init(.output, "return", 1, 1, "Appointment", "The appointment as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let stored = try work.instance
        let (start, end) = try Self.times(work.parameters, of: stored.node)
        let practitioner = try work.parameters.reference("practitioner", "Practitioner", "PractitionerRole")
        let by = try work.parameters.code("by", CancelledBy.self) ?? .staff
        let old = BookingWish.slots(of: stored.node)
        var draft = AppointmentDraft(stored.node, isStored: true)
        if let practitioner { draft.replacePractitioner(by: practitioner) }

        let found = try await RescheduleSlots(
            old: old, actors: draft.participants, time: .init(start: start.instant, end: end.instant),
            in: work.transaction)
        if by != .staff { try CutOff.check(stored, found.rules, now: work.now) }
        try found.schedules.check(start.instant, now: work.now, found.rules)
        try draft.move(to: start, end, slots: found.new.entries.map(\.reference))
        if let reason = work.parameters.text("reason") {
            let url = "urn:martlet:appointment-reschedule-reason"
            draft.setExtension(url, ExtensionJSON.string(url, "valueString", reason))
        }
        let notify = work.parameters.value("notify")?.bool ?? true
        let silent = AppointmentExtension.silentMove
        draft.setExtension(silent, notify ? nil : ExtensionJSON.bool(silent, true))

        if practitioner != nil, VideoRoom.isVirtual(stored.node) {
            let room = try await VideoRoom.extensionJSON(for: draft.participants, found.rules, work)
            draft.setExtension(AppointmentExtension.virtualService, room)
        }

        var changes = ChangeSet(work)
        changes.update(stored, json: draft.bytes)
        found.new.change(["free", "busy-tentative"], to: "busy", in: &changes)
        let kept = Set(found.new.entries.map(\.reference))
        let others = try await found.old.takenByOthers(than: stored.reference.id, in: work.transaction)
        found.old.without(kept.union(others)).change(["busy", "busy-tentative"], to: "free", in: &changes)
        guard let saved = try await changes.apply().first else { throw StoreError(.fault, "nothing was written") }
        return ClinicAnswer(saved)
    }

    func alternatives(_ call: ClinicCall, in store: FHIRStore) async throws -> [ClinicError.Alternative] {
        let parameters = try OperationParameters(call, of: declaration, definitions: store.definitions)
        let type = try store.resourceType("Appointment")
        guard let id = call.id, let content = try await store.read(type, id: id).content else { return [] }
        let node = JSONNode(try Document.parse(content, limits: .fhir))
        let (start, end) = try Self.times(parameters, of: node)
        var draft = AppointmentDraft(node, isStored: true)
        if let practitioner = try parameters.reference("practitioner", "Practitioner", "PractitionerRole") {
            draft.replacePractitioner(by: practitioner)
        }
        try draft.move(to: start, end, slots: [])
        return try await Alternatives.times(for: draft.bytes, in: store)
    }

    private static func times(_ parameters: OperationParameters, of node: JSONNode) throws -> (BookingTime, BookingTime)
    {
        func time(_ name: String) throws -> BookingTime? {
            guard let text = parameters.text(name) else { return nil }
            guard let time = BookingTime(text) else {
                throw OperationParameters.invalid(
                    "the parameter \(name) is a time with date, time and zone",
                    at: parameters.place(of: name).map { $0 + ".value" })
            }
            return time
        }
        guard let start = try time("start") else { throw OperationParameters.invalid("the parameter start is missing") }
        if let end = try time("end") { return (start, end) }
        guard let from = node["start"]?.string.flatMap({ BookingTime($0) }),
            let to = node["end"]?.string.flatMap({ BookingTime($0) })
        else { throw OperationParameters.invalid("the parameter end is missing") }
        let length = to.instant.microsecondsSince1970 - from.instant.microsecondsSince1970
        let end = Instant(microsecondsSince1970: start.instant.microsecondsSince1970 + length)
        return (start, BookingTime(end))
    }
}

/// The slots that a move gives up and those that it wins, all locked in one order.
private struct RescheduleSlots {
    let old: SlotBook
    let new: SlotBook
    let schedules: ScheduleBook
    let rules: SchedulingRules

    init(
        old slots: [LocalReference], actors: [LocalReference], time: RecurrenceRule.Time,
        in transaction: StoreTransaction
    ) async throws {
        var parameters = SQLParameters()
        parameters.append(textArray: actors.filter { $0.typeName != "Patient" }.map(\.text))
        parameters.append(int64: time.start.microsecondsSince1970)
        parameters.append(int64: time.end.microsecondsSince1970)
        let found = try await transaction.session.query(
            try transaction.store.statement(Self.statement), parameters)
        rules = try await SchedulingRules(in: transaction)
        let candidates = (0..<found.rowCount).compactMap { row in
            found.string(row, 0).map { LocalReference("Slot", $0) }
        }
        let book = try await SlotBook(known: slots + candidates, in: transaction)
        old = book.only(Set(slots))
        let usable = book.only(Set(candidates))
        // Of one schedule, without gaps; else the time alone is booked.
        new = SeriesSlots(usable, ownedBefore: Set(slots)).slots(within: time)
        let (statement, read) = try ScheduleBook.read(
            slots: new.entries.map(\.reference), schedules: [], in: transaction.store)
        schedules = try ScheduleBook(try await transaction.session.query(statement, read))
    }

    private static let statement = """
        SELECT s.id FROM @[Schedule] c JOIN @[Slot] s ON s.content -> 'schedule' ->> 'reference' = 'Schedule/' || c.id
        WHERE EXISTS (
          SELECT FROM clinic_expanded(c.content -> 'actor') e WHERE e.reference = ANY ($1::text[]))
          AND (s.content ->> 'start')::timestamptz >= 'epoch'::timestamptz + $2::bigint * interval '1 microsecond'
          AND (s.content ->> 'end')::timestamptz <= 'epoch'::timestamptz + $3::bigint * interval '1 microsecond'
        """
}
