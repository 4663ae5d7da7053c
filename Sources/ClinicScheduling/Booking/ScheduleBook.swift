import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// The schedules that a booking is of, with what they ask of it.
struct ScheduleBook: Sendable {
    struct Entry: Sendable {
        var reference: LocalReference
        var node: JSONNode

        var actors: [LocalReference] { (node["actor"]?.items ?? []).compactMap { LocalReference($0) } }
        var capacity: Int { max(1, number(AppointmentExtension.capacity) ?? 1) }
        var leadMinutes: Int? { number(AppointmentExtension.leadMinutes) }
        var horizonDays: Int? { number(AppointmentExtension.horizonDays) }

        private func number(_ url: String) -> Int? {
            node.extensionNode(url)?["valuePositiveInt"]?.integer
        }
    }

    private(set) var entries: [Entry] = []

    init() {}

    init(_ result: QueryResult) throws {
        for row in 0..<result.rowCount {
            guard let id = result.string(row, 0), let content = result.bytes(row, 1) else { continue }
            entries.append(
                Entry(
                    reference: LocalReference("Schedule", id),
                    node: JSONNode(try Document.parse(content, limits: .fhir))))
        }
    }

    /// The statement that reads the schedules of slots, and others by their ids.
    static func read(
        slots: [LocalReference], schedules: [LocalReference], in store: FHIRStore
    ) throws -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(textArray: slots.map(\.id))
        parameters.append(textArray: schedules.map(\.id))
        return (try store.statement(statement), parameters)
    }

    subscript(reference: LocalReference?) -> Entry? { entries.first { $0.reference == reference } }

    /// Refuses a time that has passed, or is nearer or farther than the schedules allow (422).
    func check(_ start: Instant, now: Instant, _ rules: SchedulingRules) throws {
        let ahead = (start.microsecondsSince1970 - now.microsecondsSince1970) / 60_000_000
        if ahead < -Int64(rules.integer(SchedulingRules.graceMinutes)) {
            throw Self.refusal("the appointment would begin in the past", "in-past")
        }
        for entry in entries {
            if let lead = entry.leadMinutes, ahead < Int64(lead) {
                throw Self.refusal("\(entry.reference.text) is booked \(lead) minutes ahead at least", "lead-time")
            }
            if let days = entry.horizonDays, ahead > Int64(days) * 1440 {
                throw Self.refusal("\(entry.reference.text) is booked \(days) days ahead at most", "horizon")
            }
        }
    }

    private static func refusal(_ message: String, _ details: String) -> StoreError {
        StoreError(.businessRule, message, expression: "Appointment.start", details: details)
    }

    private static let statement = """
        SELECT c.id, coalesce(c.exact, c.content::text) FROM @[Schedule] c
        WHERE c.id IN (
          SELECT unnest($2::text[]) UNION
          SELECT substr(clinic_schedule_reference(s.content -> 'schedule' ->> 'reference'), 10)
          FROM @[Slot] s WHERE s.id = ANY ($1::text[]))
        ORDER BY c.id
        """
}

extension JSONNode {
    /// The first extension with a url.
    func extensionNode(_ url: String) -> JSONNode? { self["extension"]?.items.first { $0["url"]?.string == url } }

    /// All extensions with a url.
    func extensionNodes(_ url: String) -> [JSONNode] {
        (self["extension"]?.items ?? []).filter { $0["url"]?.string == url }
    }
}
