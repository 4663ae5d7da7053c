import ClinicTesting
import FHIRFormats
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// `$dose-calendar`, `$log-dose` and `$adherence`.
@Suite struct DoseTests {
    private typealias Fixture = MedicinesFixture

    private static let dayMicroseconds: Int64 = 86_400_000_000

    private static func zoned(_ zone: String) -> String {
        #"{"resourceType":"Patient","id":"p","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/timezone","#
            + #""valueCode":"\#(zone)"}]}"#
    }

    private static func planned(_ answer: TestResponse) throws -> [String] {
        #expect(answer.status == 200, "\(answer.text)")
        return (try answer.json["entry"]?.items ?? []).compactMap {
            $0["resource"]?["executionPeriod"]?["start"]?.string.map { String($0.prefix(16)) }
        }
    }

    private static let berlin = "Europe/Berlin"

    @Test(
        "doses in the patient's zone",
        arguments: [
            // The clock goes forward on 29 March 2026, and 08:00 stays 08:00.
            (
                #"{"repeat":{"frequency":1,"period":1,"periodUnit":"d","timeOfDay":["08:00:00"],"#
                    + #""boundsPeriod":{"start":"2026-03-28","end":"2026-03-30"}}}"#,
                ["2026-03-28T07:00", "2026-03-29T06:00", "2026-03-30T06:00"]
            ),
            // 02:30 is left out on that day: the dose is not.
            (
                #"{"repeat":{"timeOfDay":["02:30:00"],"boundsPeriod":{"start":"2026-03-28","end":"2026-03-30"}}}"#,
                ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"]
            ),
            // Eight hours are eight hours.
            (
                #"{"repeat":{"frequency":1,"period":8,"periodUnit":"h","#
                    + #""boundsPeriod":{"start":"2026-03-28T20:00:00+01:00","end":"2026-03-29T12:00:00Z"}}}"#,
                ["2026-03-28T19:00", "2026-03-29T03:00", "2026-03-29T11:00"]
            ),
            (
                #"{"code":{"coding":[{"code":"BID"}]},"repeat":{"boundsPeriod":{"start":"2026-03-28T12:00:00+01:00","#
                    + #""end":"2026-03-29"}}}"#,
                ["2026-03-28T19:00", "2026-03-29T06:00", "2026-03-29T18:00"]
            ),
            (
                #"{"repeat":{"dayOfWeek":["mon","thu"],"boundsPeriod":{"start":"2026-03-23"}}}"#,
                ["2026-03-26T07:00", "2026-03-30T06:00"]
            ),
            (
                #"{"repeat":{"count":3,"frequency":2,"period":1,"periodUnit":"d","#
                    + #""boundsPeriod":{"start":"2026-03-26"}}}"#,
                ["2026-03-26T07:00", "2026-03-26T19:00", "2026-03-27T07:00"]
            ),
            (
                #"{"repeat":{"frequency":1,"period":2,"periodUnit":"d","when":["EVE"],"#
                    + #""boundsPeriod":{"start":"2026-03-01"}}}"#,
                ["2026-03-27T18:00", "2026-03-29T17:00"]
            ),
            (
                #"{"event":["2026-03-27","2026-03-28T10:15:00Z","2026-05-01"]}"#,
                ["2026-03-27T07:00", "2026-03-28T10:15"]
            ),
            (#"{"repeat":{"frequency":1,"period":1,"periodUnit":"mo","boundsPeriod":{"start":"2026-01-31"}}}"#, []),
            (#"{"code":{"text":"as the doctor says"}}"#, []),
        ])
    func calendars(timing: String, expected: [String]) async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.put(Self.zoned(Self.berlin))
            let asNeeded = #"{"asNeededBoolean":true,"timing":{"code":{"text":"QD"}}}"#
            try await pharmacy.prescribe(
                members: [
                    #""authoredOn":"2026-03-26T00:00:00+01:00""#,
                    #""dosageInstruction":[{"timing":\#(timing)},\#(asNeeded)]"#,
                ])
            let answer = try await pharmacy.client.get(
                "MedicationRequest/rx/$dose-calendar?from=2026-03-26&to=2026-03-31")
            #expect(try Self.planned(answer) == expected)
        }
    }

    @Test func windowsAreChecked() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.prescribe(members: [Self.daily])
            for query in ["from=soon", "from=2026-03-02&to=2026-03-01", "from=2026-01-01&to=2028-01-01"] {
                #expect(try await pharmacy.client.get("MedicationRequest/rx/$dose-calendar?\(query)").status == 400)
            }
            #expect(try await pharmacy.client.get("MedicationRequest/none/$dose-calendar").status == 404)
            let week = try await pharmacy.client.get("MedicationRequest/rx/$dose-calendar")
            #expect(try Self.planned(week).count == 28)
        }
    }

    /// Every six hours, since long ago.
    private static let daily =
        #""dosageInstruction":[{"text":"one tablet","timing":{"repeat":{"frequency":1,"period":6,"periodUnit":"h","#
        + #""boundsPeriod":{"start":"2026-01-01T00:00:00Z"}}}}]"#

    /// The dose before now, and others so many steps of six hours from it.
    private static func dose(_ steps: Int64 = 0) -> String {
        let step = dayMicroseconds / 4
        let last = Instant.now.microsecondsSince1970 / step * step
        return Instant(microsecondsSince1970: last + steps * step).text
    }

    private func log(
        _ pharmacy: MedicinesFixture, _ planned: String, _ status: String = "taken", request: String = "rx"
    ) async throws -> TestResponse {
        try await pharmacy.client.call(
            "MedicationAdministration/$log-dose",
            [
                Fixture.reference("request", "MedicationRequest/\(request)"),
                #"{"name":"planned","valueDateTime":"\#(planned)"}"#, #"{"name":"status","valueCode":"\#(status)"}"#,
                Fixture.string("note", "at breakfast"),
            ])
    }

    @Test func dosesAreLoggedOnce() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.prescribe(members: [Self.daily])
            let taken = try await log(pharmacy, Self.dose())
            #expect(try taken.json["status"]?.string == "completed", "\(taken.text)")
            #expect(try await log(pharmacy, Self.dose(-1), "skipped").json["status"]?.string == "not-done")
            #expect(try await log(pharmacy, Self.dose(-2), "late").status == 200)
            let again = try await log(pharmacy, Self.dose(), "skipped")
            #expect(again.status == 409)
            #expect(again.issueCodes == ["duplicate"])

            let from = Self.dose(-4).prefix(10)
            let until = Self.dose(8).prefix(10)
            let window = "from=\(from)&to=\(until)"
            let adherence = try await pharmacy.client.get("MedicationRequest/rx/$adherence?\(window)").json
            func value(_ name: String) -> String? {
                let found = adherence["parameter"]?.items.first { $0["name"]?.string == name }
                return found?["valueInteger"]?.numberText ?? found?["valueDecimal"]?.numberText
            }
            #expect(value("taken") == "2", "\(String(decoding: adherence.source, as: UTF8.self))")
            #expect(value("late") == "1")
            #expect(value("skipped") == "1")
            let due = try #require(value("due").flatMap { Int($0) })
            #expect((4...8).contains(due))
            #expect(value("rate")?.hasPrefix("0.") == true)

            let calendar = try await pharmacy.client.get("MedicationRequest/rx/$dose-calendar?\(window)")
            #expect(calendar.text.contains(#""status":"completed""#))
            #expect(calendar.text.contains(#""status":"rejected""#))
            // A log that was wrong may be given again.
            let id = try #require(try taken.json["id"]?.string)
            let wrong = try await pharmacy.client.send(
                "PATCH", "MedicationAdministration/\(id)",
                json: Array(#"[{"op":"replace","path":"/status","value":"entered-in-error"}]"#.utf8),
                headers: [("Content-Type", "application/json-patch+json")])
            #expect(wrong.status == 200, "\(wrong.text)")
            #expect(try await log(pharmacy, Self.dose(), "skipped").status == 200)
        }
    }

    @Test func refusals() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.prescribe(members: [Self.daily])
            #expect(try await log(pharmacy, Self.dose(-5)).issueCodes == ["cut-off"])
            #expect(try await log(pharmacy, Self.dose(6)).issueCodes == ["cut-off"])
            let between = Instant(
                microsecondsSince1970: Instant.now.microsecondsSince1970 / 3_600_000_000 * 3_600_000_000 - 60_000_000)
            #expect(try await log(pharmacy, between.text).issueCodes == ["unknown-dose"])
            #expect(try await log(pharmacy, Self.dose(), "forgotten").status == 400)
            #expect(try await log(pharmacy, "today").status == 400)
            #expect(try await log(pharmacy, Self.dose(), request: "none").issueCodes == ["unknown-reference"])
        }
    }

    @Test func oneOfManyAtOnceIsLoggedByWhateverDoor() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.prescribe(members: [Self.daily])
            let planned = Self.dose()
            let statuses = try await parallel(32) { position in
                if position % 2 == 0 { return try await log(pharmacy, planned) }
                return try await pharmacy.client.put(
                    "MedicationAdministration/a\(position)",
                    #"{"resourceType":"MedicationAdministration","id":"a\#(position)","status":"completed","#
                        + #""extension":[{"url":"urn:martlet:planned-dose","valueDateTime":"\#(planned)"}],"#
                        + #""medicationReference":{"reference":"Medication/m"},"subject":{"reference":"Patient/p"},"#
                        + #""effectiveDateTime":"\#(planned)","request":{"reference":"MedicationRequest/rx"}}"#)
            }
            #expect((statuses[200] ?? 0) + (statuses[201] ?? 0) == 1)
            #expect(statuses[409] == 31)
            #expect(try await pharmacy.text("SELECT count(*)::text FROM medicationadministration") == "1")
        }
    }
}
