import CarriersTesting
import FHIRServerTesting
import Foundation
import JSONTape
import PostgreSQLTesting
import Testing

/// Reminders and notices as their recipients get them: the real program, a real mail server, a real provider.
@Suite struct MessageTests {
    private static let options = ["--auth", "none", "--mail-from", "clinic@example.org"]

    /// A time so many seconds from now.
    private static func time(_ seconds: Double) -> String {
        Date(timeIntervalSinceNow: seconds).formatted(.iso8601)
    }

    /// Patients `0`… with an address, and settings by which a reminder goes out a minute ahead, by night as well.
    private static func prepare(_ http: TestClient, patients: Int = 1, telecom: String = "email") async throws {
        for number in 0..<patients {
            let address = telecom == "email" ? "p\(number)@example.org" : "+4930\(number)"
            try await OutboundTests.put(
                #"{"resourceType":"Patient","id":"p\#(number)","#
                    + #""telecom":[{"system":"\#(telecom)","value":"\#(address)"}]}"#, http)
        }
        for (name, value) in [
            ("appointment.reminder-offsets", "[1]"), ("appointment.quiet-hours", #"\"\""#),
            ("appointment.notice-booked-text", #"\"\""#),
        ] {
            let answer = try await http.post(
                "$clinic-setting-set",
                #"{"resourceType":"Parameters","parameter":[{"name":"name","valueCode":"\#(name)"},"#
                    + #"{"name":"value","valueString":"\#(value)"}]}"#)
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    /// Books for each patient, to be reminded in a few seconds.
    private static func book(_ http: TestClient, patients: Int = 1) async throws {
        for number in 0..<patients {
            try await OutboundTests.put(
                """
                {"resourceType":"Appointment","id":"a\(number)","status":"booked",
                 "start":"\(time(80))","end":"\(time(600))",
                 "participant":[{"actor":{"reference":"Patient/p\(number)"},"status":"accepted"}]}
                """, http)
        }
    }

    private static func total(_ search: String, _ http: TestClient) async throws -> Int {
        try await http.get(search + "&_summary=count").json["total"]?.integer ?? -1
    }

    @Test func aReminderArrivesOnceThoughTheServerWasDown() async throws {
        try await SMTPSink.with(.init(account: ("martlet", "open sesame"))) { sink in
            // Not now, twice; and then it hangs up on the third.
            sink.once(.sender, .reply("451 4.7.0 Try again later"))
            sink.once(.greeting, .drop)
            let folder = try MartletProcess.makeFolder()
            let secret = folder + "/password"
            try "open sesame\n".write(toFile: secret, atomically: true, encoding: .utf8)
            let config = folder + "/config.json"
            try #"{"smtpUser":"martlet","smtpPasswordFile":"\#(secret)"}"#
                .write(toFile: config, atomically: true, encoding: .utf8)
            let server = try await MartletProcess.serve(
                folder,
                Self.options + [
                    "--smtp", "smtp://127.0.0.1:\(sink.port)?tls=none", "--config", config, "--log-level", "debug",
                ])
            let http = TestClient(port: server.httpPort)
            try await Self.prepare(http)
            try await Self.book(http)
            try await wait(for: "the mail") { !sink.messages.isEmpty }
            try await wait(for: "the state") {
                try await Self.total("CommunicationRequest?status=completed", http) == 1
            }
            #expect(sink.connectionCount >= 3)
            let mail = try #require(sink.messages.first)
            #expect(mail.user == "martlet" && mail.recipients == ["p0@example.org"])
            #expect(mail.sender == "clinic@example.org")
            #expect(mail.text.contains("You have an appointment on"))
            let stored = try await http.get("Communication?recipient=Patient/p0").json
            #expect(stored["total"]?.integer == 1)
            let communication = stored["entry"]?.items.first?["resource"]
            #expect(communication?["status"]?.string == "completed")
            #expect(communication?["basedOn"]?.items.first?["reference"]?.string?.hasPrefix("CommunicationR") == true)
            // Told of a cancellation, by the same way.
            let cancelled = try await http.post("Appointment/a0/$cancel", #"{"resourceType":"Parameters"}"#)
            #expect(cancelled.status == 200)
            try await wait(for: "the notice") { sink.messages.count == 2 }
            #expect(sink.messages.last?.text.contains("is cancelled") == true)
            server.send(SIGTERM)
            #expect(try await server.ended() == 0)
            #expect(sink.messages.count == 2)
            let log = MartletProcess.text(server.log)
            #expect(log.contains("messages: mail by 127.0.0.1"))
            for secret in ["sesame", "p0@example.org", "You have an appointment on 20"] {
                #expect(!log.contains(secret), "\(secret)")
            }
        }
    }

    @Test func fourServersRemindOnce() async throws {
        try await SMTPSink.with { sink in
            let folder = try MartletProcess.makeFolder()
            let url = try await TestCluster.shared.makeAddress()
            let options = Self.options + ["--smtp", "smtp://127.0.0.1:\(sink.port)", "--database-url", url]
            // The first makes the tables.
            var servers = [try await MartletProcess.serve(folder, options)]
            let http = TestClient(port: servers[0].httpPort)
            for _ in 1..<4 { servers.append(try await MartletProcess.serve(folder, options)) }
            try await Self.prepare(http, patients: 60)
            try await Self.book(http, patients: 60)
            try await wait(for: "all mails") { sink.messages.count >= 60 }
            try await wait(for: "all states") {
                try await Self.total("CommunicationRequest?status=completed", http) == 60
            }
            // One of them is killed, the others go on.
            servers[3].send(SIGKILL)
            #expect(try await servers[3].ended() == -SIGKILL)
            for server in servers.dropLast() {
                server.send(SIGTERM)
                #expect(try await server.ended() == 0)
            }
            #expect(Set(sink.messages.flatMap(\.recipients)).count == 60)
            #expect(sink.messages.count == 60)
        }
    }

    @Test func shortMessagesGoToTheProviderAndMailIntoAFolder() async throws {
        try await HTTPSink.with { sink in
            sink.answer(.status(503, headers: ["Retry-After": "1"]), .drop)
            let folder = try MartletProcess.makeFolder()
            let key = folder + "/key"
            try "signing-key".write(toFile: key, atomically: true, encoding: .utf8)
            let template = folder + "/template.json"
            try #"{"number":"{{to}}","body":"{{text}}"}"#.write(toFile: template, atomically: true, encoding: .utf8)
            let server = try await MartletProcess.serve(
                folder,
                Self.options + [
                    "--mail-sink", folder + "/mail/out", "--message-webhook",
                    "http://127.0.0.1:\(sink.port)/sms?k=hush",
                    "--message-webhook-secret-file", key, "--message-webhook-template", template,
                ])
            let http = TestClient(port: server.httpPort)
            try await Self.prepare(http, telecom: "sms")
            try await Self.book(http)
            try await wait(for: "the state") {
                try await Self.total("CommunicationRequest?status=completed", http) == 1
            }
            // Each try has the same key, by which the provider makes one of them.
            #expect(sink.requests.count == 3)
            #expect(Set(sink.requests.map { $0.headers["idempotency-key"] }).count == 1)
            let request = try #require(sink.requests.last)
            let body = JSONNode(try Document.parse(request.body))
            #expect(body["number"]?.string == "+49300" && body["body"]?.string?.hasPrefix("You have") == true)
            #expect(request.headers["x-martlet-signature"]?.hasPrefix("sha256=") == true)

            // Whoever has mail is told by mail.
            try await OutboundTests.put(
                #"{"resourceType":"Patient","id":"p0","telecom":[{"system":"email","value":"p0@example.org"}]}"#, http)
            _ = try await http.post("Appointment/a0/$cancel", #"{"resourceType":"Parameters"}"#)
            var files: [String] = []
            try await wait(for: "the file") {
                files = try FileManager.default.contentsOfDirectory(atPath: folder + "/mail/out")
                    .filter { $0.hasSuffix(".eml") }
                return !files.isEmpty
            }
            #expect(files.count == 1)
            let mail = MartletProcess.text(folder + "/mail/out/\(files[0])")
            #expect(mail.contains("To: p0@example.org\r\n") && mail.contains("is cancelled"))
            server.send(SIGTERM)
            #expect(try await server.ended() == 0)
            for secret in ["hush", "signing-key", "+49300"] {
                #expect(!MartletProcess.text(server.log).contains(secret), "\(secret)")
            }
        }
    }

    /// What the program does not start with, and says why without the secret.
    @Test(
        arguments: [
            (["--smtp", "smtp://martlet:sesame@mail.example"], "do not belong on the command line"),
            (["--smtp", "http://mail.example"], "--smtp"), (["--smtp", "smtp://a", "--mail-sink", "/x"], "exclude"),
            (["--smtp", "smtp://a", "--smtp-password-file", "/nowhere"], "cannot be read"),
            (["--mail-from", "a@b, c@d"], "--mail-from"), (["--message-webhook", "sms.example"], "--message-webhook"),
            (["--message-webhook", "https://a", "--message-webhook-template", "/nowhere"], "cannot be read"),
        ] as [([String], String)])
    func faultsOfSettings(_ options: [String], _ words: String) async throws {
        let folder = try MartletProcess.makeFolder()
        let end = try await MartletProcess.run(["check", "--data-dir", folder + "/data"] + options, in: folder)
        #expect(end.status != 0)
        #expect(end.output.contains(words), "\(end.output)")
        #expect(!end.output.contains("sesame"))
    }
}
