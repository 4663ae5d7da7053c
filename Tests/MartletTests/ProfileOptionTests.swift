import FHIRServerTesting
import Glibc
import JSONTape
import Testing

/// Profiles that a type's resources have to meet by `serve`'s settings.
@Suite struct ProfileOptionTests {
    private static let bare = #"{"resourceType":"Patient"}"#
    private static let whole =
        #"{"resourceType":"Patient","identifier":[{"system":"urn:martlet:mrn","value":"1"}],"name":[{"text":"A"}]}"#

    private static func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        #expect(fputs(text, file) >= 0)
    }

    @Test func everyDoorAsksForThem() async throws {
        let folder = try MartletProcess.makeFolder()
        let options = [
            "--auth", "none", "--profile", "Patient=urn:martlet:profile:patient",
            "--profile", "Appointment=urn:martlet:profile:appointment", "--profile", "Basic=urn:test:none",
        ]
        var server = try await MartletProcess.serve(folder, options)
        var http = TestClient(port: server.httpPort)
        let refused = try await http.post("Patient", Self.bare)
        #expect(refused.status == 422)
        let places = try refused.json["issue"]?.items.compactMap { $0["expression"]?.items.first?.string } ?? []
        #expect(places.contains("Patient.name") && places.contains("Patient.identifier"), "\(refused.text)")
        #expect(try await http.post("Patient", Self.whole).status == 201)
        // What is missing was said at the start, and keeps its type closed.
        #expect(MartletProcess.text(server.log).contains("urn:test:none"))
        #expect(try await http.post("Basic", #"{"resourceType":"Basic","code":{"text":"x"}}"#).status == 422)
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)

        try Self.write(#"{"profile":["Patient=urn:martlet:profile:patient"]}"#, to: folder + "/settings.json")
        server = try await MartletProcess.serve(folder, ["--auth", "none", "--config", folder + "/settings.json"])
        http = TestClient(port: server.httpPort)
        #expect(try await http.post("Patient", Self.bare).status == 422)
        #expect(try await http.post("Basic", #"{"resourceType":"Basic","code":{"text":"x"}}"#).status == 201)
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    /// What workflows write has to meet the profiles as well.
    @Test func workflowsMeetTheProfilesOfWhatTheyWrite() async throws {
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(
            folder, ["--auth", "none", "--profile", "Appointment=urn:martlet:profile:appointment"])
        let http = TestClient(port: server.httpPort)
        for (path, body) in [
            ("Patient/p", #"{"resourceType":"Patient","id":"p"}"#),
            ("Practitioner/d", #"{"resourceType":"Practitioner","id":"d"}"#),
            (
                "Schedule/s", #"{"resourceType":"Schedule","id":"s","actor":[{"reference":"Practitioner/d"}]}"#
            ),
            (
                "Slot/a",
                #"{"resourceType":"Slot","id":"a","schedule":{"reference":"Schedule/s"},"status":"free","#
                    + #""start":"2030-01-01T09:00:00Z","end":"2030-01-01T09:30:00Z"}"#
            ),
        ] {
            #expect(try await http.put(path, body).status == 201, "\(path)")
        }
        func book(_ more: String) async throws -> TestResponse {
            let appointment =
                #"{"resourceType":"Appointment","status":"proposed",\#(more)"slot":[{"reference":"Slot/a"}],"#
                + #""participant":[{"actor":{"reference":"Patient/p"},"status":"accepted"}]}"#
            let parameter = #"{"name":"appointment-resource","resource":\#(appointment)}"#
            return try await http.post(
                "Appointment/$book", #"{"resourceType":"Parameters","parameter":[\#(parameter)]}"#)
        }
        let refused = try await book("")
        #expect(refused.status == 422, "\(refused.text)")
        #expect(refused.text.contains("Appointment.serviceType"), "\(refused.text)")
        #expect(try await http.get("Slot/a").json["status"]?.string == "free")
        let booked = try await book(#""serviceType":[{"text":"x"}],"#)
        #expect(booked.status == 200 || booked.status == 201, "\(booked.text)")
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    @Test func wrongSettingsAreRefusedAtTheStart() async throws {
        let folder = try MartletProcess.makeFolder()
        for (setting, words) in [
            ("Patient", "Type=URL"), ("Patient=", "Type=URL"), ("Nothing=urn:x", "no resource type"),
        ] {
            let end = try await MartletProcess.run(
                ["serve", "--auth", "none", "--data-dir", folder + "/data", "--profile", setting], in: folder)
            #expect(end.status != 0)
            #expect(end.output.contains(words), "\(end.output)")
        }
    }
}
