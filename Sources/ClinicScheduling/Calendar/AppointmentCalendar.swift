import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `Appointment/$calendar`: what is in the calendars of some people and places, in one call.
struct AppointmentCalendar: ClinicOperation {
    enum View: String, CaseIterable {
        case day, week, month, list, timeline

        var days: Int {
            switch self {
            case .day: 1
            case .week, .timeline: 7
            case .month, .list: 31
            }
        }
    }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "calendar", typeName: "Appointment", level: .type, affectsState: false,
            documentation: """
                Appointments and blocked time of one or more actors, from a day up to but without another, without \
                what a calendar does not show. Days are those of the actor's zone.
                """,
            roles: Set(ClinicRole.allCases).subtracting([.patient, .proxy]),
            parameters: [
                .init(.input, "actor", 1, nil, "Reference", "Whose calendars."),
                .init(.input, "from", 1, 1, "date", "The first day."),
                .init(.input, "to", 0, 1, "date", "The day behind the last; as the view says, if it is left out."),
                .init(.input, "view", 0, 1, "code", "day, week, month, list or timeline."),
                .init(.output, "return", 1, 1, "Bundle", "Appointments and Slots in busy-unavailable, by start."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let view = try work.parameters.code("view", View.self) ?? .week
        let (from, to) = try DayRange.read(work.parameters, longest: 366, usual: view.days)
        let actors = try work.parameters.references("actor")
        let rules = try await SchedulingRules(in: work.transaction)
        var parameters = SQLParameters()
        parameters.append(textArray: actors.map(\.text))
        parameters.append(text: from.text)
        parameters.append(text: to.text)
        parameters.append(text: rules.text(SchedulingRules.timeZone))
        let result = try await work.transaction.session.query(
            try work.store.statement(Self.statement), parameters)
        let entries: [(fullURL: String?, json: [UInt8])] = (0..<result.rowCount).compactMap { row in
            guard let type = result.string(row, 0), let id = result.string(row, 1), let json = result.bytes(row, 2)
            else { return nil }
            return ("\(work.call.base)/\(type)/\(id)", json)
        }
        return ClinicAnswer(entries: entries)
    }

    /// `date_lo` is the indexed time of the search parameter `date`: when the appointment begins.
    private static let statement = """
        WITH bounds AS (
          SELECT z.zone, $2::text::timestamp AT TIME ZONE z.zone AS first,
            $3::text::timestamp AT TIME ZONE z.zone AS last
          FROM (SELECT clinic_actors_zone(
            (SELECT jsonb_agg(jsonb_build_object('reference', a)) FROM unnest($1::text[]) a), $4::text) AS zone) z),
        found AS (
          SELECT 'Appointment' AS type, a.id, (a.content ->> 'start')::timestamptz AS start,
            jsonb_strip_nulls(jsonb_build_object(
              'resourceType', 'Appointment', 'id', a.id,
              'meta', jsonb_build_object('versionId', a.version::text, 'tag', jsonb_build_array(jsonb_build_object(
                'system', 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', 'code', 'SUBSETTED'))),
              'status', a.content -> 'status', 'serviceType', a.content -> 'serviceType',
              'appointmentType', a.content -> 'appointmentType', 'priority', a.content -> 'priority',
              'start', a.content -> 'start', 'end', a.content -> 'end', 'slot', a.content -> 'slot',
              'participant', a.content -> 'participant')) AS json
          FROM @[Appointment] a, bounds
          WHERE a.date_lo >= bounds.first AND a.date_lo < bounds.last
            AND a.content ->> 'status' <> 'entered-in-error'
            AND EXISTS (
              SELECT FROM jsonb_path_query(a.content, 'lax $.participant[*].actor.reference') r
              WHERE clinic_local_reference(r #>> '{}') = ANY ($1::text[]))
          UNION ALL
          SELECT 'Slot', s.id, (s.content ->> 'start')::timestamptz,
            s.content || jsonb_build_object('resourceType', 'Slot', 'id', s.id)
          FROM @[Schedule] c JOIN @[Slot] s ON s.content -> 'schedule' ->> 'reference' = 'Schedule/' || c.id, bounds
          WHERE s.content ->> 'status' = 'busy-unavailable'
            AND (s.content ->> 'end')::timestamptz > bounds.first
            AND (s.content ->> 'start')::timestamptz < bounds.last
            AND EXISTS (
              SELECT FROM clinic_expanded(c.content -> 'actor') e WHERE e.reference = ANY ($1::text[])))
        SELECT type, id, json::text FROM found ORDER BY start, type, id LIMIT 5000
        """
}
