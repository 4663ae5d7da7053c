import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// Check-in says where the patient waits, and `$call-next` finds the patient there; video visits have a room instead.
@Suite struct VisitPlaceTests {
    typealias Journey = VisitJourney

    /// Who takes part beside the patient, and the slot's schedule.
    @Test(
        arguments: [
            ("place", ["Practitioner/p", "Location/hall"], nil), ("role", ["PractitionerRole/r"], nil),
            ("service", ["Practitioner/p", "HealthcareService/h"], nil), ("schedule", ["Practitioner/p"], "here"),
            ("planned", ["Practitioner/p", "Location/hall"], nil),
        ] as [(String, [String], String?)])
    func whoeverCheckedInIsCalled(_ way: String, _ actors: [String], _ schedule: String?) async throws {
        try await Journey.with { clinic in
            for id in ["hall", "elsewhere"] { try await clinic.put(#"{"resourceType":"Location","id":"\#(id)"}"#) }
            let hall = #"[{"reference":"Location/hall"}]"#
            try await clinic.put(
                #"{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/p"},"#
                    + #""location":\#(hall)}"#)
            try await clinic.put(#"{"resourceType":"HealthcareService","id":"h","location":\#(hall)}"#)
            try await clinic.put(
                #"{"resourceType":"Schedule","id":"here","actor":[{"reference":"Practitioner/q"}, "#
                    + #"{"reference":"Location/hall"}]}"#)
            var extra = ""
            if let schedule {
                extra =
                    #""extension":[{"url":"urn:martlet:appointment-schedule","#
                    + #""valueReference":{"reference":"Schedule/\#(schedule)"}}],"#
            }
            try await clinic.put(
                Journey.proposal(0..<1, ["Patient/a"] + actors, status: "booked", id: "x", extra: extra))
            if way == "planned" {
                try await clinic.put(
                    #"{"resourceType":"Encounter","id":"e","status":"planned","subject":{"reference":"Patient/a"},"#
                        + #""class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"#
                        + #""appointment":[{"reference":"Appointment/x"}]}"#)
            }
            let arrived = try await clinic.client.call("Appointment/x/$check-in")
            #expect(arrived.status == 200, "\(arrived.text)")
            let none = try await clinic.client.call(
                "Encounter/$call-next", [Journey.reference("location", "Location/elsewhere")])
            #expect(try none.json["resourceType"]?.string == "Parameters")
            let called = try await clinic.client.call(
                "Encounter/$call-next", [Journey.reference("location", "Location/hall")])
            #expect(try called.json["subject"]?["reference"]?.string == "Patient/a", "\(way): \(called.text)")
        }
    }

    private static let video =
        #""appointmentType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"VR"}]},"#

    private static func address(_ appointment: JSONNode) -> String? {
        let service = appointment["extension"]?.items.first {
            $0["url"]?.string == "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.virtualService"
        }
        return service?["extension"]?.items.first { $0["url"]?.string == "addressUrl" }?["valueUrl"]?.string
    }

    @Test func aVideoVisitNeedsARoom() async throws {
        try await Journey.with { clinic in
            func book(_ quarter: Int, _ practitioner: String = "p") async throws -> TestResponse {
                try await clinic.client.call(
                    "Appointment/$book",
                    [
                        Journey.resource(
                            "appointment-resource",
                            Journey.proposal(
                                quarter..<quarter + 1, ["Patient/a", "Practitioner/\(practitioner)"],
                                extra: Self.video))
                    ])
            }
            #expect(try Journey.refusal(await book(0)) == "422 no-video-room")
            // One between machines is none, nor one that is off.
            func endpoint(_ id: String, _ code: String, _ status: String = "active") async throws {
                try await clinic.put(
                    #"{"resourceType":"Endpoint","id":"\#(id)","status":"\#(status)","#
                        + #""connectionType":{"system":"urn:x","code":"\#(code)"},"#
                        + #""payloadType":[{"text":"video"}],"address":"https://meet.example/\#(id)/{room}"}"#)
            }
            try await endpoint("machine", "hl7-fhir-rest")
            try await endpoint("off", "video", "off")
            func role(_ endpoints: [String]) async throws {
                let list = endpoints.map { #"{"reference":"Endpoint/\#($0)"}"# }.joined(separator: ",")
                try await clinic.put(
                    #"{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/p"},"#
                        + #""endpoint":[\#(list)]}"#)
            }
            try await role(["machine", "off"])
            #expect(try Journey.refusal(await book(0)) == "422 no-video-room")
            try await endpoint("room", "video")
            try await role(["machine", "off", "room"])
            let booked = try await book(0)
            #expect(booked.status == 200, "\(booked.text)")
            let first = try clinic.first(booked)
            let address = try #require(Self.address(first))
            #expect(address.hasPrefix("https://meet.example/room/") && !address.contains("{"))
            // Each visit has its own; one in person has none.
            #expect(Self.address(try clinic.first(try await book(1))) != address)
            let id = first["id"]?.string ?? ""
            #expect(Self.address(try await clinic.read("Appointment/\(try await clinic.book(2..<3))")) == nil)
            // Whoever takes over has to have one too.
            let move = [
                Journey.value("start", "DateTime", #""2030-05-07T09:00:00Z""#),
                Journey.reference("practitioner", "Practitioner/q"),
            ]
            let refused = try await clinic.client.call("Appointment/\(id)/$reschedule", move)
            #expect(try Journey.refusal(refused) == "422 no-video-room")
            try await clinic.setting("appointment.video-room", #""https://clinic.example/{room}""#)
            let moved = try await clinic.client.call("Appointment/\(id)/$reschedule", move)
            #expect(Self.address(try moved.json)?.hasPrefix("https://clinic.example/") == true, "\(moved.text)")
            #expect(try await clinic.client.get("Appointment?appointment-type=VR").json["total"]?.integer == 2)
            // Messages may name it.
            try await clinic.setting("appointment.notice-booked-text", #""See you at {link}""#)
            _ = try await book(9, "q")
            try await clinic.planNotices()
            let told = try await clinic.found("Communication?recipient=Patient/a")
            #expect(
                told.contains {
                    $0["payload"]?.items.first?["contentString"]?.string?.hasPrefix("See you at https://clinic.")
                        == true
                })
            let visit = try await clinic.client.call("Appointment/\(id)/$check-in")
            let encounter = try visit.json["parameter"]?.items.last?["resource"]
            #expect(encounter?["class"]?["code"]?.string == "VR", "\(visit.text)")
        }
    }
}
