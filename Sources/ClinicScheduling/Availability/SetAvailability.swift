import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `Schedule/[id]/$set-availability`: the weekly plan of a Schedule, for good or for some weeks.
struct SetAvailability: ClinicOperation {
    /// What becomes of booked time that the new plan leaves out.
    enum OnConflict: String, CaseIterable {
        case reject
        /// The plan is changed all the same; what is booked stays and is listed.
        case list
    }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "set-availability", typeName: "Schedule", level: .instance, affectsState: true,
            documentation: """
                Sets the weekly plan of the Schedule: opening times, breaks, length of slots, buffers and places, in \
                the zone of the Schedule or its Location. With a period it holds for those days only.
                """,
            roles: [.superadmin, .medicalAdmin, .humanResources, .physician], events: ["schedule.changed"],
            parameters: [
                .init(
                    .input, "preset", 0, 1, "code",
                    "full-day (09-17), morning (09-13) or evening (17-21), Monday to Friday."),
                .init(
                    .input, "weekly", 0, nil, nil, "An opening time.",
                    parts: [
                        .init(.input, "day", 1, 1, "code", "mon to sun."),
                        .init(.input, "start", 1, 1, "time", "From when on."),
                        .init(.input, "end", 1, 1, "time", "Until when."),
                        .init(.input, "location", 0, 1, "Reference", "Where."),
                    ]),
                .init(
                    .input, "breaks", 0, nil, nil, "A break; of every day, if no day is named.",
                    parts: [
                        .init(.input, "start", 1, 1, "time", "From when on."),
                        .init(.input, "end", 1, 1, "time", "Until when."),
                        .init(.input, "day", 0, 1, "code", "mon to sun."),
                    ]),
                .init(.input, "period", 0, 1, "Period", "The days that it is for; all, if it is left out."),
                .init(.input, "slotMinutes", 0, 1, "integer", "How long an appointment is; 30 if it is left out."),
                .init(.input, "buffers", 0, 1, "integer", "Minutes between appointments."),
                .init(.input, "capacity", 0, 1, "integer", "How many appointments there may be at a time."),
                .init(.input, "leadMinutes", 0, 1, "integer", "How many minutes ahead one books at least."),
                .init(.input, "horizonDays", 0, 1, "integer", "How many days ahead one books at most."),
                .init(.input, "timezone", 0, 1, "code", "IANA name of the zone; the Location's, if it is left out."),
                .init(.input, "onConflict", 0, 1, "code", "reject or list booked time outside the new plan."),
                .init(.output, "schedule", 1, 1, "Schedule", "The Schedule as it is now."),
                .init(.output, "windows", 1, 1, "integer", "Number of opening times."),
                .init(.output, "breaks", 1, 1, "integer", "Number of breaks."),
                .init(.output, "conflicts", 1, 1, "integer", "Number of appointments outside the plan."),
                .init(.output, "conflict", 0, nil, "Reference", "Such an appointment."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let stored = try work.instance
        let week = try WeekInput.read(work.parameters)
        let onConflict = try work.parameters.code("onConflict", OnConflict.self) ?? .reject
        let rules = try await SchedulingRules(in: work.transaction)
        var edit = stored.edit
        try await setNumbers(&edit, work)
        var plan = AvailabilityPlan(stored.node)
        plan.replace(week)
        edit.setExtensions(AppointmentExtension.availability, plan.extensions)
        let changed = JSONNode(try Document.parse(edit.bytes, limits: .fhir))
        try await requireNoOverlap(of: week, in: changed, stored.reference, work)
        let outside = try await BookedTime.outside(plan, of: week, changed, stored.reference, rules, work)
        if onConflict == .reject, !outside.isEmpty {
            let list = outside.prefix(20).map(\.text).joined(separator: ", ")
            throw StoreError(
                .conflict, "\(outside.count) booked appointments are outside the new plan: \(list)",
                expression: "Schedule", details: "booked-outside-plan")
        }
        var changes = ChangeSet(work)
        changes.update(stored, edit)
        changes.record("schedule.changed", stored.reference)
        guard let saved = try await changes.apply().first else { throw StoreError(.fault, "nothing was written") }
        var answer = ParametersWriter()
        answer.add("schedule", resource: saved.json)
        answer.add("windows", integer: week.open.count)
        answer.add("breaks", integer: week.breaks.count)
        answer.add("conflicts", integer: outside.count)
        for appointment in outside { answer.add("conflict", reference: appointment) }
        return ClinicAnswer(answer)
    }

    private func setNumbers(_ edit: inout ResourceEdit, _ work: ClinicWork) async throws {
        let numbers = [
            ("capacity", AppointmentExtension.capacity, 1...1000),
            ("leadMinutes", AppointmentExtension.leadMinutes, 0...525_600),
            ("horizonDays", AppointmentExtension.horizonDays, 0...3660),
        ]
        for (name, url, range) in numbers {
            guard let value = work.parameters.integer(name) else { continue }
            guard range.contains(value) else {
                throw OperationParameters.invalid(
                    "\(name) is \(range.lowerBound) to \(range.upperBound)", at: work.parameters.place(of: name))
            }
            edit.setExtension(url, value > 0 ? ExtensionJSON.number(url, value) : nil)
        }
        guard let zone = work.parameters.text("timezone") else { return }
        var parameters = SQLParameters()
        parameters.append(text: zone)
        guard try await work.transaction.session.query(Self.knownZone, parameters).bool(0, 0) == true else {
            throw OperationParameters.invalid("there is no such zone", at: work.parameters.place(of: "timezone"))
        }
        edit.setExtension(
            AppointmentExtension.timeZone, ExtensionJSON.string(AppointmentExtension.timeZone, "valueCode", zone))
    }

    /// One actor is not open twice at a time for the same service.
    private func requireNoOverlap(
        of week: AvailabilityPlan.Week, in schedule: JSONNode, _ reference: LocalReference, _ work: ClinicWork
    ) async throws {
        let actors = (schedule["actor"]?.items ?? []).compactMap { LocalReference($0) }
            .filter { ["Practitioner", "PractitionerRole", "Device"].contains($0.typeName) }
        let services = Self.codes(schedule)
        for actor in actors {
            let others = try await work.search("Schedule", [("actor", actor.text), ("active:not", "false")])
            for other in others where other.reference != reference && Self.codes(other.node) == services {
                for theirs in AvailabilityPlan(other.node).weeks where Self.meet(week, theirs) {
                    let clashes = week.open.contains { mine in theirs.open.contains { mine.overlaps($0) } }
                    guard clashes else { continue }
                    throw StoreError(
                        .conflict, "\(other.reference.text) is open at the same times for the same actor and service",
                        expression: "Schedule.actor", details: "duplicate")
                }
            }
        }
    }

    private static func meet(_ left: AvailabilityPlan.Week, _ right: AvailabilityPlan.Week) -> Bool {
        let startsBefore = left.first.map { first in right.last.map { first <= $0 } ?? true } ?? true
        let endsAfter = left.last.map { last in right.first.map { $0 <= last } ?? true } ?? true
        return startsBefore && endsAfter
    }

    private static func codes(_ schedule: JSONNode) -> Set<String> {
        Set(
            (schedule["serviceType"]?.items ?? []).flatMap { $0["coding"]?.items ?? [] }.compactMap {
                $0["code"]?.string
            })
    }

    private static let knownZone = SQLStatement("SELECT clinic_zone($1::text, NULL) IS NOT NULL")
}

/// Reads a week's plan from the parameters.
private enum WeekInput {
    enum Preset: String, CaseIterable {
        case fullDay = "full-day"
        case morning
        case evening

        var times: (String, String) {
            switch self {
            case .fullDay: ("09:00:00", "17:00:00")
            case .morning: ("09:00:00", "13:00:00")
            case .evening: ("17:00:00", "21:00:00")
            }
        }
    }

    static func read(_ parameters: OperationParameters) throws -> AvailabilityPlan.Week {
        var week = AvailabilityPlan.Week()
        if let preset = try parameters.code("preset", Preset.self) {
            week.open = (1...5).map { .init(weekday: $0, start: preset.times.0, end: preset.times.1) }
        }
        for group in try parameters.groups("weekly") {
            var window = try window(group)
            window.location = try group.reference("location", "Location")
            week.open.append(window)
        }
        week.breaks = try parameters.groups("breaks").map(window)
        for (position, window) in week.open.enumerated() {
            if week.open[..<position].contains(where: { $0.overlaps(window) }) {
                throw StoreError(
                    .businessRule, "two opening times of a day overlap", expression: parameters.place(of: "weekly"),
                    details: "overlapping-times")
            }
        }
        week.slotMinutes = try number("slotMinutes", 1...1440, parameters) ?? AvailabilityPlan.usualSlotMinutes
        week.bufferMinutes = try number("buffers", 0...480, parameters) ?? 0
        if let period = parameters.value("period") {
            week.first = period["start"]?.string.flatMap { CivilDate($0) }
            week.last = period["end"]?.string.flatMap { CivilDate($0) }
            guard !week.isLasting, (week.first ?? CivilDate(day: .min)) <= (week.last ?? CivilDate(day: .max)) else {
                throw OperationParameters.invalid(
                    "the period has a start before its end", at: parameters.place(of: "period"))
            }
        }
        return week
    }

    private static func number(
        _ name: String, _ range: ClosedRange<Int>, _ parameters: OperationParameters
    ) throws -> Int? {
        guard let value = parameters.integer(name) else { return nil }
        guard range.contains(value) else {
            throw OperationParameters.invalid(
                "\(name) is \(range.lowerBound) to \(range.upperBound)", at: parameters.place(of: name))
        }
        return value
    }

    private static func window(_ group: OperationParameters) throws -> AvailabilityPlan.Window {
        var weekday: Int?
        if let text = group.text("day") {
            guard let index = AvailabilityPlan.days.firstIndex(of: text) else {
                throw OperationParameters.invalid("a day is one of mon to sun", at: group.place(of: "day"))
            }
            weekday = index + 1
        }
        guard let start = clock(group.text("start")), let end = clock(group.text("end")), start < end else {
            throw OperationParameters.invalid(
                "a time of the day begins before it ends, like 09:00:00 and 12:30:00", at: group.place(of: "start"))
        }
        return .init(weekday: weekday, start: start, end: end)
    }

    /// `09:00` and `09:00:00` as the latter; midnight at the end of a day is `24:00:00`.
    private static func clock(_ text: String?) -> String? {
        guard let text else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), let second = Int(parts.count == 3 ? parts[2] : "00"),
            (0...23).contains(hour) && (0...59).contains(minute) && (0...59).contains(second) || text.hasPrefix("24:00")
        else { return nil }
        return parts.count == 3 ? text : text + ":00"
    }
}
