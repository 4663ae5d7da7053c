import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `Schedule/[id]/$generate-slots`: stores what the plan says of some days as Slots, for those who look for them there.
struct GenerateSlots: ClinicOperation {
    /// The most of one call.
    private static let limit = 2000

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "generate-slots", typeName: "Schedule", level: .instance, affectsState: true,
            documentation: """
                Makes free Slots of the plan, from a day up to but without another. Times that are taken, blocked or \
                have a Slot already are left out, so that calling it again makes no second ones.
                """,
            roles: [.superadmin, .medicalAdmin, .humanResources, .physician], events: ["schedule.changed"],
            parameters: [
                .init(.input, "from", 1, 1, "date", "The first day."),
                .init(.input, "to", 1, 1, "date", "The day behind the last."),
                .init(.output, "created", 1, 1, "integer", "Number of Slots made."),
                .init(.output, "skipped", 1, 1, "integer", "Number of times that have a Slot already."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let stored = try work.instance
        let (from, to) = try DayRange.read(work.parameters, longest: 366)
        let rules = try await SchedulingRules(in: work.transaction)
        var search = ScheduleSearch()
        search.schedules = [stored.reference]
        guard var planned = try await search.find(rules, in: work.transaction).first else {
            throw StoreError(
                .businessRule, "\(stored.reference.text) is not active", expression: "Schedule.active",
                details: "not-active")
        }
        let days = try await LocalTimes.instants(
            of: [from.text + " 00:00:00", to.text + " 00:00:00"], zone: planned.zone, in: work.transaction)
        // How far ahead one books is no limit to what is planned.
        planned.entry.node = Self.withoutLimits(planned.entry.node)
        let times = try await FreeTimes(
            schedules: [planned], from: days[0], to: days[1], includesSlots: false, limit: Self.limit + 1
        ).compute(now: work.now, in: work.transaction)
        guard times.count <= Self.limit else {
            throw OperationParameters.invalid("that would be more than \(Self.limit) slots: take fewer days")
        }
        let existing = try await existing(stored.reference, days[0], days[1], work.transaction)
        var changes = ChangeSet(work)
        var created = 0
        for time in times where !existing.contains(where: { $0.0 < time.end && time.start < $0.1 }) {
            changes.create(json: slot(time, stored.reference), type: "Slot")
            created += 1
        }
        changes.record("schedule.changed", stored.reference)
        try await changes.apply()
        var answer = ParametersWriter()
        answer.add("created", integer: created)
        answer.add("skipped", integer: times.count - created)
        return ClinicAnswer(answer)
    }

    private static func withoutLimits(_ node: JSONNode) -> JSONNode {
        var edit = ResourceEdit(node)
        edit.setExtension(AppointmentExtension.leadMinutes, nil)
        edit.setExtension(AppointmentExtension.horizonDays, nil)
        return (try? Document.parse(edit.bytes, limits: .fhir)).map { JSONNode($0) } ?? node
    }

    private func slot(_ time: FreeTimes.Time, _ schedule: LocalReference) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Slot")
            writer.key("schedule")
            writer.raw(schedule.json)
            writer.member("status", "free")
            writer.member("start", time.start.text)
            writer.member("end", time.end.text)
            writer.endObject()
        }
    }

    private func existing(
        _ schedule: LocalReference, _ from: Instant, _ to: Instant, _ transaction: StoreTransaction
    ) async throws -> [(Instant, Instant)] {
        var parameters = SQLParameters()
        parameters.append(text: schedule.text)
        parameters.append(timestamp: from.microsecondsSince1970)
        parameters.append(timestamp: to.microsecondsSince1970)
        let result = try await transaction.session.query(
            try transaction.store.statement(Self.statement), parameters)
        return (0..<result.rowCount).compactMap { row in
            guard let start = result.int64(row, 0), let end = result.int64(row, 1) else { return nil }
            return (Instant(microsecondsSince1970: start), Instant(microsecondsSince1970: end))
        }
    }

    private static let statement = """
        SELECT (extract(epoch FROM (content ->> 'start')::timestamptz) * 1000000)::bigint,
          (extract(epoch FROM (content ->> 'end')::timestamptz) * 1000000)::bigint
        FROM @[Slot] s
        WHERE content -> 'schedule' ->> 'reference' = $1::text AND content ->> 'status' <> 'entered-in-error'
          AND (content ->> 'end')::timestamptz > $2::timestamptz
          AND (content ->> 'start')::timestamptz < $3::timestamptz
        """
}

/// Parameters `from` and `to`: days, the latter not included.
enum DayRange {
    static func read(
        _ parameters: OperationParameters, longest: Int, usual: Int? = nil
    ) throws -> (from: CivilDate, to: CivilDate) {
        func date(_ name: String) throws -> CivilDate? {
            guard let text = parameters.text(name) else { return nil }
            guard let date = CivilDate(text) else {
                throw OperationParameters.invalid(
                    "the parameter \(name) is a date", at: parameters.place(of: name).map { $0 + ".value" })
            }
            return date
        }
        guard let from = try date("from") else { throw OperationParameters.invalid("the parameter from is missing") }
        guard let to = try date("to") ?? usual.map({ from.adding(days: $0) }) else {
            throw OperationParameters.invalid("the parameter to is missing")
        }
        guard from < to, to.day - from.day <= longest else {
            throw OperationParameters.invalid(
                "to is behind from, by \(longest) days at most", at: parameters.place(of: "to").map { $0 + ".value" })
        }
        return (from, to)
    }
}
