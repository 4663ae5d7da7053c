import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `Appointment/$find` (IHE ITI-115): proposals for times when everybody needed is free. They are not stored: `$hold`
/// and `$book` take them as `appointment-resource`.
struct FindAppointments: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "find", typeName: "Appointment", level: .type, affectsState: false,
            documentation: """
                Proposes appointments: free times by the plans and slots of the schedules that fit, less what is \
                booked, held or blocked. The same state gives the same answer; Bundle.timestamp says when it was made.
                """,
            roles: Set(ClinicRole.allCases),
            parameters: [
                .init(.input, "start", 1, 1, "dateTime", "From when on."),
                .init(.input, "end", 1, 1, "dateTime", "Until when."),
                .init(.input, "specialty", 0, nil, "string", "Codes as system|code; any of them."),
                .init(.input, "visit-type", 0, nil, "string", "Codes of the service as system|code; any of them."),
                .init(.input, "practitioner", 0, nil, "Reference", "With whom, in the order of preference."),
                .init(.input, "organization", 0, nil, "Reference", "Of which organisation."),
                .init(.input, "location-string", 0, nil, "string", "Part of a place's name or address."),
                .init(.input, "location-reference", 0, nil, "Reference", "At which place."),
                .init(.input, "patient-reference", 0, nil, "Reference", "For whom; all of them must be free."),
                .init(.input, "patient-resource", 0, nil, "Patient", "The same, where the patient is not known yet."),
                .init(.input, "reason", 0, nil, "string", "Codes that the proposals have as their reasons."),
                .init(.input, "referral-identifier", 0, 1, "Identifier", "Of the referral that it is for."),
                .init(.input, "timing", 0, 1, "Timing", "Days of the week and times of the day that suit."),
                .init(.input, "insurance-reference", 0, nil, "Reference", "The patient's insurance."),
                .init(.input, "schedule", 0, nil, "Reference", "Only these schedules."),
                .init(.input, "limit", 0, 1, "integer", "The most proposals; 50 if it is left out."),
                .init(.input, "_count", 0, 1, "integer", "The same."),
                .init(
                    .input, "preferences", 0, nil, "string",
                    "What comes first: morning, afternoon, evening, or days like mon."),
                .init(.output, "return", 1, 1, "Bundle", "Proposed appointments."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let rules = try await SchedulingRules(in: work.transaction)
        let (from, to) = try Self.range(parameters, rules)
        let limit = parameters.integer("limit") ?? parameters.integer("_count") ?? 50
        guard (1...1000).contains(limit) else {
            throw OperationParameters.invalid("limit is 1 to 1000", at: parameters.place(of: "limit"))
        }
        let preferences = try FindPreferences(parameters)
        var search = ScheduleSearch()
        search.practitioners = try parameters.references("practitioner", "Practitioner", "PractitionerRole")
        search.organizations = try parameters.references("organization", "Organization")
        search.locations = try parameters.references("location-reference", "Location")
        search.places = parameters.texts("location-string")
        search.specialties = parameters.texts("specialty")
        search.visitTypes = parameters.texts("visit-type")
        search.schedules = try parameters.references("schedule", "Schedule")
        let patients = try parameters.references("patient-reference", "Patient")
        let planned = try await search.find(rules, in: work.transaction)
        // More than asked for where some are left out or put behind afterwards.
        let free = FreeTimes(
            schedules: planned, from: max(from, work.now), to: to, patients: patients,
            limit: preferences.isEmpty ? limit : 5000)
        let times = preferences.choose(try await free.compute(now: work.now, in: work.transaction)).prefix(limit)
        let schedules = Dictionary(uniqueKeysWithValues: planned.map { ($0.entry.reference, $0.entry) })
        let reasons = parameters.texts("reason").map(Self.concept)
        let proposals = times.compactMap { time in
            schedules[time.schedule].map { Self.proposal(time, $0, patients, reasons) }
        }
        return Self.bundle(proposals, now: work.now)
    }

    private static func range(_ parameters: OperationParameters, _ rules: SchedulingRules) throws -> (Instant, Instant)
    {
        func time(_ name: String) throws -> Instant {
            let text = parameters.text(name) ?? ""
            if let time = BookingTime(text) { return time.instant }
            // A day begins at midnight UTC, as in searches.
            if text.count == 10, CivilDate(text) != nil, let time = BookingTime(text + "T00:00:00Z") {
                return time.instant
            }
            throw OperationParameters.invalid(
                "the parameter \(name) is a date, or a time with date and zone",
                at: parameters.place(of: name).map { $0 + ".value" })
        }
        let (from, to) = (try time("start"), try time("end"))
        guard from < to else {
            throw OperationParameters.invalid(
                "end is behind start", at: parameters.place(of: "end").map { $0 + ".value" })
        }
        let days = rules.integer(SchedulingRules.longestSearchDays)
        guard to <= from.adding(minutes: days * 1440) else {
            throw StoreError(
                .invalidRequest, "the range is longer than \(days) days", expression: parameters.place(of: "end"),
                details: "range-too-long")
        }
        return (from, to)
    }

    private static func concept(_ token: String) -> [UInt8] {
        ResourceEdit.json { writer in
            let parts = token.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            writer.beginObject()
            writer.key("coding")
            writer.beginArray()
            writer.beginObject()
            if parts.count == 2, !parts[0].isEmpty { writer.member("system", String(parts[0])) }
            writer.member("code", String(parts.last ?? ""))
            writer.endObject()
            writer.endArray()
            writer.endObject()
        }
    }

    private static func proposal(
        _ time: FreeTimes.Time, _ schedule: ScheduleBook.Entry, _ patients: [LocalReference], _ reasons: [[UInt8]]
    ) -> [UInt8] {
        var edit = ResourceEdit(nil)
        edit.set("resourceType", "Appointment")
        edit.set("extension", items: [ExtensionJSON.reference(AppointmentExtension.schedule, schedule.reference)])
        edit.set("status", "proposed")
        edit.set("serviceCategory", items: (schedule.node["serviceCategory"]?.items ?? []).map(\.source))
        edit.set("serviceType", items: (schedule.node["serviceType"]?.items ?? []).map(\.source))
        edit.set("specialty", items: (schedule.node["specialty"]?.items ?? []).map(\.source))
        edit.set("reasonCode", items: reasons)
        edit.set("start", time.start.text)
        edit.set("end", time.end.text)
        let minutes = (time.end.microsecondsSince1970 - time.start.microsecondsSince1970) / 60_000_000
        if minutes > 0 { edit.set("minutesDuration", json: Array(String(minutes).utf8)) }
        edit.set("slot", items: [time.slot].compactMap { $0?.json })
        edit.set("participant", items: (schedule.actors + patients).map(AppointmentDraft.participant))
        return edit.bytes
    }

    private static func bundle(_ proposals: [[UInt8]], now: Instant) -> ClinicAnswer {
        let json = ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Bundle")
            writer.member("type", "searchset")
            writer.member("timestamp", now.text)
            writer.key("total")
            writer.number(proposals.count)
            if !proposals.isEmpty {
                writer.key("entry")
                writer.beginArray()
                for proposal in proposals {
                    writer.beginObject()
                    writer.key("resource")
                    writer.raw(proposal)
                    writer.key("search")
                    writer.beginObject()
                    writer.member("mode", "match")
                    writer.endObject()
                    writer.endObject()
                }
                writer.endArray()
            }
            writer.endObject()
        }
        return ClinicAnswer(200, resource: json)
    }
}
