import ClinicTesting
import Foundation
import FHIRServerTesting
import JSONTape
import Testing

/// The states of an appointment by its operations, over HTTP.
@Suite struct VisitTests {
    typealias Journey = VisitJourney

    @Test func fromHoldToFulfilled() async throws {
        try await Journey.with { clinic in
            let held = try await clinic.client.call(
                "Appointment/$hold", [Journey.reference("slot", "Slot/s0"), Journey.reference("patient", "Patient/a")])
            #expect(held.status == 200, "\(held.text)")
            let appointment = try clinic.first(held)
            let id = try #require(appointment["id"]?.string)
            #expect(appointment["status"]?.string == "pending")
            let isMarked = appointment["extension"]?.items.contains {
                $0["url"]?.string == "urn:martlet:appointment-expires" && $0["valueDateTime"] != nil
            }
            #expect(isMarked == true)
            #expect(try await clinic.status("Slot/s0") == "busy-tentative")
            let taken = try await clinic.client.call("Appointment/$book", [Journey.reference("slot", "Slot/s0")])
            #expect(try Journey.refusal(taken) == "409 slot-taken")

            let booked = try await clinic.client.call(
                "Appointment/$book", [Journey.reference("appointment-reference", "Appointment/\(id)")])
            #expect(booked.status == 200, "\(booked.text)")
            #expect(try clinic.first(booked)["status"]?.string == "booked")
            #expect(try clinic.first(booked)["extension"] == nil)
            #expect(try await clinic.status("Slot/s0") == "busy")

            let arrived = try await clinic.client.call("Appointment/\(id)/$check-in")
            #expect(arrived.status == 200, "\(arrived.text)")
            #expect(try await clinic.status("Appointment/\(id)") == "checked-in")
            #expect(try await clinic.total("Encounter?appointment=Appointment/\(id)") == 1)
            let visit = try #require(
                try arrived.json["parameter"]?.items.first { $0["name"]?.string == "encounter" }?["resource"])
            #expect(visit["status"]?.string == "arrived")
            #expect(visit["subject"]?["reference"]?.string == "Patient/a")
            #expect(
                try Journey.refusal(await clinic.client.call("Appointment/\(id)/$check-in")) == "422 illegal-transition"
            )
            #expect(
                try Journey.refusal(await clinic.client.call("Appointment/\(id)/$no-show")) == "422 illegal-transition")

            let encounter = "Encounter/\(visit["id"]?.string ?? "")"
            try await clinic.put(
                """
                {"resourceType":"Composition","id":"note","status":"preliminary","date":"2030-05-06","title":"SOAP",
                 "type":{"text":"note"},"author":[{"reference":"Practitioner/p"}],
                 "subject":{"reference":"Patient/a"},"encounter":{"reference":"\(encounter)"}}
                """)
            let unsigned = try await clinic.client.call("Appointment/\(id)/$complete")
            #expect(try Journey.refusal(unsigned) == "422 unsigned-note")
            let done = try await clinic.client.call(
                "Appointment/\(id)/$complete", [Journey.value("force", "Boolean", "true")])
            #expect(done.status == 200, "\(done.text)")
            #expect(try await clinic.status("Appointment/\(id)") == "fulfilled")
            #expect(try await clinic.status(encounter) == "finished")
            #expect(
                try await clinic.events("Appointment/\(id)") == [
                    "appointment.requested", "appointment.booked", "patient.arrived", "appointment.fulfilled",
                ])
        }
    }

    @Test func reschedulingWinsTheNewTimeFirst() async throws {
        try await Journey.with { clinic in
            let first = try await clinic.book(slot: "s0")
            let second = try await clinic.book(slot: "s1", patient: "Patient/b")
            let taken = try await clinic.client.call(
                "Appointment/\(first)/$reschedule", [Journey.value("start", "DateTime", #""\#(Journey.time(1))""#)])
            #expect(try Journey.refusal(taken) == "409 slot-taken")
            #expect(taken.text.contains("urn:martlet:alternative"))
            #expect(try await clinic.read("Appointment/\(first)")["start"]?.string == Journey.time(0))

            let moved = try await clinic.client.call(
                "Appointment/\(first)/$reschedule",
                [
                    Journey.value("start", "DateTime", #""\#(Journey.time(2))""#),
                    Journey.value("end", "DateTime", #""\#(Journey.time(3))""#),
                    Journey.value("reason", "String", #""asked for""#),
                ])
            #expect(moved.status == 200, "\(moved.text)")
            #expect(try moved.json["slot"]?.items.first?["reference"]?.string == "Slot/s2")
            #expect(try await clinic.status("Slot/s0") == "free")
            #expect(try await clinic.status("Slot/s2") == "busy")
            #expect(try await clinic.events("Appointment/\(first)").last == "appointment.rescheduled")
            let other = try await clinic.client.call(
                "Appointment/\(second)/$reschedule",
                [
                    Journey.value("start", "DateTime", #""\#(Journey.time(1))""#),
                    Journey.reference("practitioner", "Practitioner/q"),
                ])
            #expect(other.status == 200, "\(other.text)")
            #expect(try await clinic.status("Slot/s1") == "free")
            #expect(try other.json["slot"] == nil)
            let stale = try await clinic.client.call(
                "Appointment/\(second)/$reschedule", [Journey.value("start", "DateTime", #""\#(Journey.time(3))""#)],
                headers: [("If-Match", #"W/"1""#)])
            #expect(stale.status == 412)
            let backwards = try await clinic.client.call(
                "Appointment/\(second)/$reschedule",
                [
                    Journey.value("start", "DateTime", #""\#(Journey.time(3))""#),
                    Journey.value("end", "DateTime", #""\#(Journey.time(2))""#),
                ])
            #expect(try Journey.refusal(backwards) == "422 end-before-start")
        }
    }

    @Test func swapsDoNotBlockEachOther() async throws {
        try await Journey.with { clinic in
            for round in 0..<4 {
                let first = try await clinic.book(0..<1)
                let second = try await clinic.book(1..<2, ["Practitioner/p", "Patient/b"])
                let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                    for (id, quarter) in [(first, 1), (second, 0)] {
                        group.addTask {
                            try await clinic.client.call(
                                "Appointment/\(id)/$reschedule",
                                [Journey.value("start", "DateTime", #""\#(Journey.time(quarter))""#)]
                            ).status
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers == [409, 409], "round \(round)")
                for id in [first, second] {
                    #expect(try await clinic.client.call("Appointment/\(id)/$cancel").status == 200)
                }
            }
        }
    }

    @Test func missedAppointmentsAreResetWhereTheTimeIsFree() async throws {
        try await Journey.with { clinic in
            let id = try await clinic.book(slot: "s0")
            let missed = try await clinic.client.call(
                "Appointment/\(id)/$no-show", [Journey.value("reason", "String", #""ill""#)])
            #expect(missed.status == 200, "\(missed.text)")
            #expect(try missed.json["status"]?.string == "noshow")
            #expect(try await clinic.status("Slot/s0") == "free")
            let other = try await clinic.book(slot: "s0", patient: "Patient/b")
            #expect(try Journey.refusal(await clinic.client.call("Appointment/\(id)/$reset")) == "409 slot-taken")
            #expect(try await clinic.client.call("Appointment/\(other)/$cancel").status == 200)
            let reset = try await clinic.client.call("Appointment/\(id)/$reset")
            #expect(reset.status == 200, "\(reset.text)")
            #expect(try reset.json["status"]?.string == "booked")
            #expect(try await clinic.status("Slot/s0") == "busy")
            #expect(
                try Journey.refusal(await clinic.client.call("Appointment/\(id)/$reset")) == "422 illegal-transition")
        }
    }

    @Test func prepaidAppointmentsAreConfirmedOncePaid() async throws {
        try await Journey.with { clinic in
            let answer = try await clinic.client.call(
                "Appointment/$book",
                [
                    Journey.reference("slot", "Slot/s0"), Journey.reference("patient-reference", "Patient/a"),
                    Journey.value("prepay", "Boolean", "true"),
                ])
            let appointment = try clinic.first(answer)
            let id = appointment["id"]?.string ?? ""
            #expect(appointment["status"]?.string == "pending")
            #expect(try Journey.refusal(await clinic.client.call("Appointment/\(id)/$confirm")) == "422 payment-needed")
            try await clinic.put(
                """
                {"resourceType":"PaymentNotice","id":"pay","status":"active","created":"2030-01-01",
                 "request":{"reference":"Appointment/\(id)"},"payment":{"display":"cash"},
                 "recipient":{"display":"clinic"},"amount":{"value":10,"currency":"EUR"},
                 "paymentStatus":{"coding":[{"code":"paid"}]}}
                """)
            let confirmed = try await clinic.client.call("Appointment/\(id)/$confirm")
            #expect(confirmed.status == 200, "\(confirmed.text)")
            #expect(try confirmed.json["status"]?.string == "booked")
            #expect(try await clinic.status("Slot/s0") == "busy")
            #expect(try await clinic.events("Appointment/\(id)") == ["appointment.requested", "appointment.confirmed"])
        }
    }

    @Test func patientsCancelBeforeTheCutOff() async throws {
        try await Journey.with { clinic in
            let id = try await clinic.book(slot: "s0")
            let byPatient = [Journey.value("by", "Code", #""patient""#)]
            try await clinic.setting("appointment.cut-off-minutes", "100000000")
            #expect(
                try Journey.refusal(await clinic.client.call("Appointment/\(id)/$cancel", byPatient)) == "422 cut-off")
            let moved = try await clinic.client.call(
                "Appointment/\(id)/$reschedule",
                byPatient + [Journey.value("start", "DateTime", #""\#(Journey.time(2))""#)])
            #expect(try Journey.refusal(moved) == "422 cut-off")
            try await clinic.setting("appointment.cut-off-minutes", "60")
            #expect(try await clinic.client.call("Appointment/\(id)/$cancel", byPatient).status == 200)
            let unknown = try await clinic.client.call(
                "Appointment/\(id)/$cancel", [Journey.value("by", "Code", #""nobody""#)])
            #expect(unknown.status == 400 || unknown.status == 422)
        }
    }

    @Test func lapsedHoldsBlockNobody() async throws {
        try await Journey.with { clinic in
            let held = try await clinic.client.call(
                "Appointment/$hold", [Journey.reference("slot", "Slot/s0"), Journey.value("minutes", "Integer", "5")])
            let id = try #require(try clinic.first(held)["id"]?.string)
            try await clinic.lapse(id)
            #expect(try Journey.refusal(await clinic.client.call("Appointment/\(id)/$confirm")) == "409 hold-expired")
            let late = try await clinic.client.call(
                "Appointment/$book", [Journey.reference("appointment-reference", "Appointment/\(id)")])
            #expect(try Journey.refusal(late) == "409 hold-expired")
            // By plain REST and by operation alike.
            let direct = try await clinic.client.post(
                "Appointment", Journey.proposal(0..<1, ["Practitioner/p", "Patient/b"], status: "booked"))
            #expect(direct.status == 201, "\(direct.text)")
            let directID = try direct.json["id"]?.string ?? ""
            #expect(try await clinic.client.call("Appointment/\(directID)/$cancel").status == 200)
            _ = try await clinic.book(slot: "s0")
            #expect(try await clinic.status("Slot/s0") == "busy")
            // Taking the hold down leaves the slot to whoever has it now.
            #expect(try await clinic.runJobs("hold-expiry") == 1)
            #expect(try await clinic.runJobs("hold-expiry") == 0)
            #expect(try await clinic.status("Appointment/\(id)") == "cancelled")
            #expect(try await clinic.status("Slot/s0") == "busy")
            #expect(try await clinic.events("Appointment/\(id)").last == "appointment.released")
        }
    }

    @Test func staffOverbooksWithAReason() async throws {
        try await Journey.with { clinic in
            _ = try await clinic.book(slot: "s0")
            func call(_ extra: [String]) async throws -> TestResponse {
                try await clinic.client.call(
                    "Appointment/$book",
                    [
                        Journey.reference("slot", "Slot/s0"), Journey.reference("patient-reference", "Patient/b"),
                        Journey.value("overbook", "Boolean", "true"),
                    ] + extra)
            }
            #expect(try Journey.refusal(await call([])) == "422 reason-required")
            let reason = [Journey.value("reason", "String", #""emergency""#)]
            try await clinic.setting("appointment.overbook-allowed", "false")
            #expect(try Journey.refusal(await call(reason)) == "403 not-allowed")
            try await clinic.setting("appointment.overbook-allowed", "true")
            let booked = try await call(reason)
            #expect(booked.status == 200, "\(booked.text)")
            let id = try clinic.first(booked)["id"]?.string ?? ""
            // The mark alone opens no door.
            let marked = Journey.proposal(
                0..<1, status: "booked",
                extra: #""extension":[{"url":"urn:martlet:appointment-overbooked","valueBoolean":true}],"#)
            #expect(try Journey.refusal(await clinic.client.post("Appointment", marked)) == "409 slot-taken")
            #expect(try await clinic.client.call("Appointment/\(id)/$check-in").status == 200)
        }
    }

    @Test func seriesAreBookedWholeOrNotAtAll() async throws {
        try await Journey.with { clinic in
            for week in ["2030-05-13", "2030-05-20"] { try await clinic.putSlot("s-\(week)", quarter: 0, day: week) }
            func call(_ rule: String, patient: String = "Patient/a") async throws -> TestResponse {
                try await clinic.client.call(
                    "Appointment/$book",
                    [
                        Journey.reference("slot", "Slot/s0"), Journey.reference("patient-reference", patient),
                        Journey.value("series", "String", #""\#(rule)""#),
                    ])
            }
            let booked = try await call("FREQ=WEEKLY;COUNT=3")
            #expect(booked.status == 200, "\(booked.text)")
            let all = try booked.json["entry"]?.items.compactMap { $0["resource"] } ?? []
            #expect(
                all.compactMap { $0["start"]?.string?.prefix(16) } == [
                    "2030-05-06T09:00", "2030-05-13T09:00", "2030-05-20T09:00",
                ])
            #expect(Set(all.compactMap { $0["identifier"]?.items.first?["value"]?.string }).count == 1)
            #expect(try await clinic.status("Slot/s-2030-05-20") == "busy")
            let id = all.first?["id"]?.string ?? ""
            let series = try await clinic.client.call(
                "Appointment/\(id)/$cancel", [Journey.value("series", "Boolean", "true")])
            #expect(try series.json["entry"]?.count == 3)
            #expect(try await clinic.total("Appointment?status=booked") == 0)
            #expect(try await clinic.status("Slot/s-2030-05-20") == "free")

            // One time of the second is taken, so none is booked.
            _ = try await clinic.book(slot: "s-2030-05-13", patient: "Patient/b")
            #expect(try Journey.refusal(await call("FREQ=WEEKLY;COUNT=3")) == "409 slot-taken")
            #expect(try await clinic.total("Appointment?status=booked") == 1)
            #expect(try await clinic.status("Slot/s0") == "free")
            for bad in ["FREQ=HOURLY;COUNT=2", "FREQ=DAILY", "FREQ=DAILY;COUNT=2;UNTIL=20300601", "COUNT=3"] {
                #expect(try Journey.refusal(await call(bad)) == "400 invalid-parameter", "\(bad)")
            }
            let alone = try await clinic.book(slot: "s1")
            let none = try await clinic.client.call(
                "Appointment/\(alone)/$cancel", [Journey.value("series", "Boolean", "true")])
            #expect(try Journey.refusal(none) == "422 no-series")
        }
    }

    @Test func schedulesSayHowFarAheadOneBooks() async throws {
        try await Journey.with { clinic in
            try await clinic.put(
                """
                {"resourceType":"Schedule","id":"sch","actor":[{"reference":"Practitioner/p"}],"extension":[
                 {"url":"urn:martlet:schedule-horizon-days","valuePositiveInt":1}]}
                """)
            func book(_ json: String) async throws -> String {
                try Journey.refusal(
                    await clinic.client.call("Appointment/$book", [Journey.resource("appointment-resource", json)]))
            }
            let mark =
                #""extension":[{"url":"urn:martlet:appointment-schedule","#
                + #""valueReference":{"reference":"Schedule/sch"}}],"#
            #expect(try await book(Journey.proposal(0..<1, extra: mark)) == "422 horizon")
            try await clinic.put(
                """
                {"resourceType":"Schedule","id":"sch","actor":[{"reference":"Practitioner/p"}],"extension":[
                 {"url":"urn:martlet:schedule-lead-minutes","valuePositiveInt":90000000}]}
                """)
            #expect(try await book(Journey.proposal(0..<1, extra: mark)) == "422 lead-time")
            let past = Journey.proposal(0..<1).replacingOccurrences(of: "2030", with: "2020")
            #expect(try await book(past) == "422 in-past")
        }
    }

    @Test func groupsTakeAsManyAsThereArePlaces() async throws {
        try await Journey.with { clinic in
            try await clinic.put(
                """
                {"resourceType":"Schedule","id":"sch","actor":[{"reference":"Practitioner/p"}],"extension":[
                 {"url":"urn:martlet:schedule-capacity","valuePositiveInt":3}]}
                """)
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        try await clinic.client.call(
                            "Appointment/$book",
                            [
                                Journey.reference("slot", "Slot/s0"),
                                Journey.reference("patient-reference", "Patient/g\(number)"),
                            ]
                        ).status
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(answers == [200: 3, 409: 13])
            #expect(try await clinic.status("Slot/s0") == "busy")
            // A visit of its own does not fit in, nor does a second place for one patient.
            let alone = try await clinic.client.post(
                "Appointment", Journey.proposal(0..<1, ["Practitioner/p", "Patient/a"], status: "booked"))
            #expect(try Journey.refusal(alone) == "409 slot-taken")
            _ = try await clinic.book(slot: "s1")
            let twice = try await clinic.client.call(
                "Appointment/$book",
                [Journey.reference("slot", "Slot/s1"), Journey.reference("patient-reference", "Patient/a")])
            #expect(try Journey.refusal(twice) == "409 slot-taken")
            #expect(try await clinic.status("Slot/s1") == "free")
        }
    }
}
