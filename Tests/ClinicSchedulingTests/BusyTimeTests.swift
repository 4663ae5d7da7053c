import Clinic
import ClinicScheduling
import FHIRDefinitions
import FHIRStore
import JSONTape
import Testing

/// Whom an appointment takes time from, and that nobody's time is taken twice, however it is written.
@Suite struct BusyTimeTests {
    /// Appointment `a` is there; what becomes of `b`?
    @Test(
        arguments: [
            (["Practitioner/p"], ["Practitioner/p"], true),
            (["Patient/x"], ["Patient/x"], true),
            (["Device/d"], ["Device/d", "Practitioner/q"], true),
            (["PractitionerRole/r"], ["PractitionerRole/r"], true),
            (["PractitionerRole/r"], ["Practitioner/behind"], true),
            (["Practitioner/p"], ["https://here.example/fhir/Practitioner/p"], true),
            (["Practitioner/p/_history/1"], ["Practitioner/p"], true),
            (["Location/room"], ["Location/room"], true),
            (["Location/house"], ["Location/house"], false),
            (["Location/unknown"], ["Location/unknown"], false),
            (["HealthcareService/h"], ["HealthcareService/h"], false),
            (["Practitioner/p"], ["Practitioner/q"], false),
            (["Practitioner/1"], ["Patient/1"], false),
        ] as [([String], [String], Bool)])
    func actorsAreExclusive(_ first: [String], _ second: [String], _ collides: Bool) async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            try await clinic.put(
                #"{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/behind"}}"#)
            for (id, kind) in [("room", "ro"), ("house", "bu")] {
                try await clinic.put(
                    #"{"resourceType":"Location","id":"\#(id)","physicalType":{"coding":[{"code":"\#(kind)"}]}}"#)
            }
            try await clinic.put(ClinicFixture.appointment("a", quarters: 0..<2, actors: first))
            let refused = await refusal {
                try await clinic.put(ClinicFixture.appointment("b", quarters: 1..<3, actors: second))
            }
            #expect(refused == (collides ? "conflict slot-taken" : "none"))
        }
    }

    @Test(arguments: [
        ("pending", "booked", true), ("booked", "arrived", true), ("checked-in", "booked", true),
        ("fulfilled", "booked", true), ("proposed", "booked", false), ("waitlist", "booked", false),
        ("cancelled", "booked", false), ("noshow", "booked", false), ("entered-in-error", "booked", false),
        ("booked", "proposed", false),
    ])
    func statusesHoldTime(_ first: String, _ second: String, _ collides: Bool) async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            try await clinic.put(ClinicFixture.appointment("a", status: first, actors: ["Practitioner/p"]))
            let refused = await refusal {
                try await clinic.put(ClinicFixture.appointment("b", status: second, actors: ["Practitioner/p"]))
            }
            #expect(refused == (collides ? "conflict slot-taken" : "none"))
        }
    }

    @Test(arguments: [
        (0..<1, 1..<2, false), (1..<2, 0..<1, false), (0..<4, 1..<2, true), (1..<2, 0..<4, true), (0..<2, 0..<2, true),
    ])
    func onlyOverlapCollides(_ first: Range<Int>, _ second: Range<Int>, _ collides: Bool) async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            try await clinic.put(ClinicFixture.appointment("a", quarters: first, actors: ["Practitioner/p"]))
            let refused = await refusal {
                try await clinic.put(ClinicFixture.appointment("b", quarters: second, actors: ["Practitioner/p"]))
            }
            #expect(refused == (collides ? "conflict slot-taken" : "none"))
        }
    }

    @Test func timesAreComparedAcrossZones() async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            func text(_ id: String, _ start: String, _ end: String) -> String {
                """
                {"resourceType":"Appointment","id":"\(id)","status":"booked","start":"\(start)","end":"\(end)",
                 "participant":[{"actor":{"reference":"Practitioner/p"},"status":"accepted"}]}
                """
            }
            try await clinic.put(text("a", "2030-03-31T01:30:00Z", "2030-03-31T02:30:00Z"))
            let same = await refusal {
                try await clinic.put(text("b", "2030-03-31T04:00:00+02:00", "2030-03-31T05:00:00+02:00"))
            }
            #expect(same == "conflict slot-taken")
            try await clinic.put(text("c", "2030-03-31T01:30:00+01:00", "2030-03-31T02:30:00+01:00"))
            let backwards = await refusal {
                try await clinic.put(text("d", "2030-04-01T10:00:00Z", "2030-04-01T09:00:00Z"))
            }
            #expect(backwards == "businessRule end-before-start")
        }
    }

    @Test func declinedAndInformedParticipantsAreFree() async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            try await clinic.put(ClinicFixture.appointment("a", actors: ["Practitioner/p", "Practitioner/q"]))
            try await clinic.put(
                """
                {"resourceType":"Appointment","id":"b","status":"booked","start":"\(ClinicFixture.time(0))",
                 "end":"\(ClinicFixture.time(1))","participant":[
                 {"actor":{"reference":"Practitioner/p"},"status":"declined"},
                 {"actor":{"reference":"Practitioner/q"},"required":"information-only","status":"accepted"}]}
                """)
        }
    }

    @Test func changesMoveTheTime() async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            try await clinic.put(ClinicFixture.appointment("a", quarters: 0..<2, actors: ["Practitioner/p"]))
            // Into a time that overlaps its own old one.
            try await clinic.put(ClinicFixture.appointment("a", quarters: 1..<3, actors: ["Practitioner/p"]))
            try await clinic.put(ClinicFixture.appointment("b", quarters: 0..<1, actors: ["Practitioner/p"]))
            let refused = await refusal {
                try await clinic.put(ClinicFixture.appointment("b", quarters: 0..<2, actors: ["Practitioner/p"]))
            }
            #expect(refused == "conflict slot-taken")
            _ = try await clinic.store.delete(clinic.appointmentType, id: "a")
            try await clinic.put(ClinicFixture.appointment("b", quarters: 0..<2, actors: ["Practitioner/p"]))
            #expect(try await clinic.count("appointment_busy") == 1)
        }
    }

    @Test func oneSlotServesOneAppointment() async throws {
        try await ClinicFixture.with { clinic in
            try await clinic.put(ClinicFixture.appointment("a", quarters: nil, actors: ["Patient/a"], slot: "s0"))
            let refused = await refusal {
                try await clinic.put(ClinicFixture.appointment("b", quarters: nil, actors: ["Patient/b"], slot: "s0"))
            }
            #expect(refused == "conflict slot-taken")
        }
    }

    @Test func everyWritePathIsGuarded() async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            let text = ClinicFixture.appointment(actors: ["Practitioner/p"])
            _ = try await clinic.store.create(clinic.input(text))
            #expect(await refusal { _ = try await clinic.store.create(clinic.input(text)) } == "conflict slot-taken")
            #expect(
                await refusal {
                    try await clinic.store.transaction { transaction in
                        _ = try await transaction.create(clinic.input(text))
                    }
                } == "conflict slot-taken")
            #expect(await refusal { try await post(text, in: clinic) } == "conflict slot-taken")
            #expect(
                await refusal {
                    try await clinic.script(
                        "INSERT INTO appointment (id, version, method, updated, self, keys, content) "
                            + "VALUES ('raw', 1, 'C', now(), 1, '{}', '\(text)')")
                }.contains("23P01"))
            #expect(try await clinic.count("appointment") == 1)
        }
    }

    @Test func parallelWritesOfAllKindsLeaveOne() async throws {
        try await ClinicFixture.with { clinic in
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        let text = ClinicFixture.appointment(
                            "n\(number)", actors: ["Practitioner/p", "Patient/n\(number)"])
                        return await refusal {
                            switch number % 4 {
                            case 0: try await clinic.put(text)
                            case 1: _ = try await clinic.store.create(clinic.input(text))
                            case 2: try await post(text, in: clinic)
                            default: try await clinic.book(["s0"], patient: "Patient/n\(number)")
                            }
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["none": 1, "conflict slot-taken": 63])
            let count = try await clinic.count("appointment")
            #expect(count == 1)
            let isBusy = try await clinic.status("Slot", "s0") == "busy"
            let isBooked = try await clinic.count("appointment", where: "content ? 'slot'") == 1
            #expect(isBusy == isBooked)
        }
    }

    private func post(_ text: String, in clinic: ClinicFixture) async throws {
        let input = try clinic.input(
            """
            {"resourceType":"Bundle","type":"transaction","entry":[
             {"resource":\(text),"request":{"method":"POST","url":"Appointment"}}]}
            """)
        let bundle = try RequestBundle(JSONNode(input.document), definitions: .r4)
        _ = try await clinic.store.execute(bundle, search: SearchService(clinic.store)) { _, _ in () }
    }
}
