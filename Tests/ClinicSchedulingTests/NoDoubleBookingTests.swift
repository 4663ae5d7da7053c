import ClinicTesting
import FHIRServerTesting
import Foundation
import JSONTape
import Testing

/// Nobody is booked twice, through whatever doors 64 clients come at once. What counts is what is stored.
@Suite struct NoDoubleBookingTests {
    typealias Journey = VisitJourney
    private static let clientCount = 64

    /// One client's try to book a time, by PUT, `$book`, a transaction or POST in turn.
    private static func attempt(
        _ number: Int, _ clinic: Journey, _ start: String, _ end: String, practitioner: String = "Practitioner/p",
        slot: String? = nil
    ) async throws -> Int {
        let slotPart = slot.map { #""slot":[{"reference":"Slot/\#($0)"}],"# } ?? ""
        func json(_ status: String, _ id: String = "") -> String {
            #"{"resourceType":"Appointment",\#(id)\#(slotPart)"status":"\#(status)","#
                + #""start":"\#(start)","end":"\#(end)","participant":["#
                + #"{"actor":{"reference":"\#(practitioner)"},"status":"accepted"},"#
                + #"{"actor":{"reference":"Patient/n\#(number)"},"status":"accepted"}]}"#
        }
        let answer: TestResponse
        switch number % 4 {
        case 0:
            let id = "put-\(number)-\(start.filter { $0.isNumber || $0.isLetter })"
            answer = try await clinic.client.put("Appointment/\(id)", json("booked", #""id":"\#(id)","#))
        case 1:
            answer = try await clinic.client.call(
                "Appointment/$book", [Journey.resource("appointment-resource", json("proposed"))])
        case 2:
            answer = try await clinic.client.post(
                "/fhir",
                #"{"resourceType":"Bundle","type":"transaction","entry":[{"resource":\#(json("booked")),"#
                    + #""request":{"method":"POST","url":"Appointment"}}]}"#)
        default: answer = try await clinic.client.post("Appointment", json("booked"))
        }
        return answer.status < 300 ? 200 : answer.status
    }

    private static func all(_ body: @escaping @Sendable (Int) async throws -> Int) async throws -> [Int: Int] {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<clientCount { group.addTask { try await body(number) } }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    /// Pairs of stored appointments that hold the same time of one actor.
    private static func overlaps(_ clinic: Journey) async throws -> String? {
        try await clinic.rows(
            """
            WITH held AS (
              SELECT a.id, b.reference, b.during FROM appointment a, clinic_busy(a.content) b
              WHERE clinic_expires(a.content) IS NULL OR clinic_expires(a.content) > now())
            SELECT count(*)::text FROM held x JOIN held y
              ON x.reference = y.reference AND x.id < y.id AND x.during && y.during
            """
        ).first
    }

    @Test func oneTimeIsBookedOnceThroughAllDoors() async throws {
        try await Journey.with { clinic in
            let answers = try await Self.all { number in
                try await Self.attempt(number, clinic, Journey.time(0), Journey.time(1), slot: "s0")
            }
            #expect(answers == [200: 1, 409: 63])
            #expect(try await clinic.total("Appointment?status=booked") == 1)
            #expect(try await Self.overlaps(clinic) == "0")
            // No slot is busy without an appointment.
            let orphans = try await clinic.rows(
                """
                SELECT s.id FROM slot s WHERE s.content ->> 'status' = 'busy' AND NOT EXISTS (
                  SELECT FROM appointment a WHERE a.content #>> '{slot,0,reference}' = 'Slot/' || s.id)
                """)
            #expect(orphans.isEmpty)
        }
    }

    @Test func touchingTimesAreAllBooked() async throws {
        try await Journey.with { clinic in
            let answers = try await Self.all { number in
                let (hour, minute) = (number / 12, number % 12 * 5)
                func text(_ hour: Int, _ minute: Int) -> String {
                    String(format: "2030-06-03T%02d:%02d:00Z", hour + minute / 60, minute % 60)
                }
                return try await Self.attempt(number, clinic, text(hour, minute), text(hour, minute + 5))
            }
            #expect(answers == [200: 64])
            #expect(try await Self.overlaps(clinic) == "0")
        }
    }

    /// Each begins a minute before the one in front of it ends: of neighbours one is booked at most.
    @Test func overlapsOfAMinuteAreRefused() async throws {
        try await Journey.with { clinic in
            let answers = try await Self.all { number in
                let minute = number * 10
                func text(_ minute: Int) -> String {
                    String(format: "2030-06-03T%02d:%02d:00Z", minute / 60, minute % 60)
                }
                return try await Self.attempt(number, clinic, text(minute), text(minute + 11))
            }
            #expect((answers[200] ?? 0) >= 22 && (answers[200] ?? 0) <= 32)
            #expect(answers.values.reduce(0, +) == 64 && Set(answers.keys) == [200, 409])
            #expect(try await Self.overlaps(clinic) == "0")
        }
    }

    /// The hour that the clocks show twice, written in all zones; two times in it, of which each is booked once.
    @Test func zonesAndTheHourThatComesTwice() async throws {
        try await Journey.with { clinic in
            let first = ["2030-10-27T02:00:00+02:00", "2030-10-27T00:00:00Z", "2030-10-26T20:00:00-04:00"]
            let firstEnd = ["2030-10-27T03:00:00+02:00", "2030-10-27T01:00:00Z", "2030-10-26T21:00:00-04:00"]
            let second = ["2030-10-27T02:00:00+01:00", "2030-10-27T01:00:00Z", "2030-10-27T06:30:00+05:30"]
            let secondEnd = ["2030-10-27T03:00:00+01:00", "2030-10-27T02:00:00Z", "2030-10-27T07:30:00+05:30"]
            let answers = try await Self.all { number in
                let (starts, ends) = number.isMultiple(of: 2) ? (first, firstEnd) : (second, secondEnd)
                let zone = number / 2 % 3
                return try await Self.attempt(number / 2, clinic, starts[zone], ends[zone])
            }
            #expect(answers == [200: 2, 409: 62])
            #expect(try await Self.overlaps(clinic) == "0")
        }
    }

    @Test func seriesAndSingleBookingsMeet() async throws {
        try await Journey.with { clinic in
            let answers = try await Self.all { number in
                guard number.isMultiple(of: 2) else {
                    return try await Self.attempt(
                        number, clinic, "2030-05-13T09:00:00Z", "2030-05-13T09:15:00Z")
                }
                let answer = try await clinic.client.call(
                    "Appointment/$book",
                    [
                        Journey.resource(
                            "appointment-resource", Journey.proposal(0..<1, ["Practitioner/p", "Patient/n\(number)"])),
                        Journey.value("series", "String", #""FREQ=WEEKLY;COUNT=4""#),
                    ])
                return answer.status
            }
            #expect(answers == [200: 1, 409: 63])
            let count = try await clinic.total("Appointment?status=booked")
            #expect(count == 1 || count == 4)
            #expect(try await Self.overlaps(clinic) == "0")
        }
    }

    @Test func movesAgainstEachOtherNeitherBlockNorOverlap() async throws {
        try await Journey.with { clinic in
            var ids: [String] = []
            for quarter in 0..<16 { ids.append(try await clinic.book(quarter..<quarter + 1, ["Practitioner/p"])) }
            let all = ids
            let answers = try await Self.all { number in
                let id = all[number % 16]
                // Neighbours want each other's time, and some a free one.
                let quarter = number < 32 ? (number % 16) ^ 1 : 16 + number % 8
                return try await clinic.client.call(
                    "Appointment/\(id)/$reschedule",
                    [Journey.value("start", "DateTime", #""\#(Journey.time(quarter))""#)]
                ).status
            }
            #expect(Set(answers.keys).isSubset(of: [200, 409]))
            #expect(try await clinic.total("Appointment?status=booked") == 16)
            #expect(try await Self.overlaps(clinic) == "0")
        }
    }

    @Test func aHoldThatEndsInTheMiddleGoesToOne() async throws {
        try await Journey.with { clinic in
            let held = try await clinic.client.call(
                "Appointment/$hold",
                [
                    Journey.resource("appointment-resource", Journey.proposal(0..<1)),
                    Journey.value("minutes", "Integer", "1"),
                ])
            let id = try #require(try clinic.first(held)["id"]?.string)
            let answers = try await Self.all { number in
                if number == 20 { try await clinic.lapse(id) }
                return try await Self.attempt(number + 100, clinic, Journey.time(0), Journey.time(1))
            }
            #expect((answers[200] ?? 0) <= 1)
            #expect(Set(answers.keys).isSubset(of: [200, 409]))
            let later = try await Self.attempt(999, clinic, Journey.time(0), Journey.time(1))
            #expect((answers[200] ?? 0) + (later == 200 ? 1 : 0) == 1)
            _ = try await clinic.runJobs("hold-expiry")
            #expect(try await Self.overlaps(clinic) == "0")
        }
    }
}
