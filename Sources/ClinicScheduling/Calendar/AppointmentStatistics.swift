import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `Appointment/$stats`: how many appointments there were, by state, practitioner, place, type or day.
struct AppointmentStatistics: ClinicOperation {
    enum Group: String, CaseIterable {
        case status, practitioner, location, day
        case service = "service-type"
        case type = "appointment-type"

        /// SQL for the values that an appointment counts under; one without any counts under none.
        var values: String {
            switch self {
            case .status: "SELECT a.content ->> 'status'"
            case .day: "SELECT to_char((a.content ->> 'start')::timestamptz, 'YYYY-MM-DD')"
            case .practitioner: Self.actors("Practitioner(?:Role)?")
            case .location: Self.actors("Location")
            case .service: Self.codes("serviceType[*]")
            case .type: Self.codes("appointmentType")
            }
        }

        private static func actors(_ type: String) -> String {
            """
            SELECT DISTINCT clinic_local_reference(r #>> '{}')
            FROM jsonb_path_query(a.content, 'lax $.participant[*].actor.reference') r
            WHERE clinic_local_reference(r #>> '{}') ~ '^\(type)/'
            """
        }

        private static func codes(_ path: String) -> String {
            "SELECT DISTINCT c #>> '{}' FROM jsonb_path_query(a.content, 'lax $.\(path).coding[*].code') c"
        }
    }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "stats", typeName: "Appointment", level: .type, affectsState: false,
            documentation: """
                Counts the appointments that begin from a day up to but without another. The counts are those of the \
                searches with date=ge and date=lt, so days are UTC.
                """,
            roles: [.superadmin, .medicalAdmin, .facilityHead, .physician],
            parameters: [
                .init(.input, "from", 1, 1, "date", "The first day."),
                .init(.input, "to", 1, 1, "date", "The day behind the last."),
                .init(
                    .input, "groupBy", 0, 1, "code",
                    "status, practitioner, location, day, service-type or appointment-type; default status."),
                .init(.output, "return", 1, 1, "MeasureReport", "The counts: all, and a stratum for each value."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let group = try work.parameters.code("groupBy", Group.self) ?? .status
        let (from, to) = try DayRange.read(work.parameters, longest: 3660)
        var parameters = SQLParameters()
        parameters.append(text: from.text + "T00:00:00Z")
        parameters.append(text: to.text + "T00:00:00Z")
        guard let text = Self.statements[group] else { throw StoreError(.fault, "no statement for the group") }
        let statement = try work.store.statement(text)
        let result = try await work.transaction.session.query(statement, parameters)
        let rows: [(String?, Int)] = (0..<result.rowCount).map { row in
            (result.string(row, 0), Int(result.int64(row, 1) ?? 0))
        }
        return ClinicAnswer(200, resource: Self.report(rows, group, from, to, now: work.now))
    }

    private static func report(
        _ rows: [(String?, Int)], _ group: Group, _ from: CivilDate, _ to: CivilDate, now: Instant
    ) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "MeasureReport")
            writer.member("status", "complete")
            writer.member("type", "summary")
            writer.member("measure", "urn:martlet:measure:appointments")
            writer.member("date", now.text)
            writer.key("period")
            writer.beginObject()
            writer.member("start", from.text)
            writer.member("end", to.adding(days: -1).text)
            writer.endObject()
            writer.key("group")
            writer.beginArray()
            writer.beginObject()
            population(rows.first { $0.0 == nil }?.1 ?? 0, &writer)
            writer.key("stratifier")
            writer.beginArray()
            writer.beginObject()
            writer.key("code")
            writer.beginArray()
            text(group.rawValue, &writer)
            writer.endArray()
            let strata = rows.filter { $0.0 != nil }
            if !strata.isEmpty {
                writer.key("stratum")
                writer.beginArray()
                for (value, count) in strata {
                    writer.beginObject()
                    writer.key("value")
                    text(value ?? "", &writer)
                    population(count, &writer)
                    writer.endObject()
                }
                writer.endArray()
            }
            writer.endObject()
            writer.endArray()
            writer.endObject()
            writer.endArray()
            writer.endObject()
        }
    }

    private static func population(_ count: Int, _ writer: inout JSONWriter) {
        writer.key("population")
        writer.beginArray()
        writer.beginObject()
        writer.key("code")
        writer.beginObject()
        writer.key("coding")
        writer.beginArray()
        writer.beginObject()
        writer.member("system", "http://terminology.hl7.org/CodeSystem/measure-population")
        writer.member("code", "initial-population")
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.key("count")
        writer.number(count)
        writer.endObject()
        writer.endArray()
    }

    private static func text(_ value: String, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("coding")
        writer.beginArray()
        writer.beginObject()
        writer.member("code", value)
        writer.endObject()
        writer.endArray()
        writer.member("text", value)
        writer.endObject()
    }

    private static let statements: [Group: String] = Dictionary(
        uniqueKeysWithValues: Group.allCases.map { group in
            let text = """
                WITH counted AS (
                  SELECT a.content FROM @[Appointment] a
                  WHERE a.date_lo >= $1::text::timestamptz AND a.date_lo < $2::text::timestamptz)
                SELECT NULL::text, count(*) FROM counted
                UNION ALL
                (SELECT v.value, count(*) FROM counted a CROSS JOIN LATERAL (\(group.values)) v (value)
                 WHERE v.value IS NOT NULL GROUP BY v.value ORDER BY v.value)
                """
            return (group, text)
        })
}
