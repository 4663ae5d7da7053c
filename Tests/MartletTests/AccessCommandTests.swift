import FHIRServerTesting
import Foundation
import JSONTape
import Testing

/// `martlet user`, `martlet client` and `martlet token` while a server runs: what they change counts there at once.
@Suite struct AccessCommandTests {
    /// A server, its folder, and the commands on its database.
    private struct House {
        let folder: String
        let server: MartletProcess
        var http: TestClient { TestClient(port: server.httpPort) }

        func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
            try await MartletProcess.run(arguments + ["--data-dir", folder + "/data"], in: folder)
        }

        /// The lines of JSON that a command prints.
        func json(_ arguments: [String]) async throws -> [JSONNode] {
            let end = try await run(arguments)
            #expect(end.status == 0, "\(arguments): \(end.output)")
            return try end.output.split(separator: "\n").filter { $0.hasPrefix("{\"") && !$0.contains("\"level\"") }
                .map { JSONNode(try Document.parse(String($0))) }
        }

        func file(_ name: String, _ text: String) throws -> String {
            let path = folder + "/" + name
            try Data(text.utf8).write(to: URL(filePath: path))
            return path
        }

        func signIn(_ email: String, _ password: String) async throws -> TestResponse {
            try await http.send(
                "POST", "/auth/sign-in", body: Array(#"{"email":"\#(email)","password":"\#(password)"}"#.utf8),
                headers: [("Content-Type", "application/json")])
        }

        func token(_ options: [String]) async throws -> String {
            let end = try await run(["token", "issue"] + options)
            #expect(end.status == 0, "\(end.output)")
            return end.output.split(separator: "\n").last.map(String.init) ?? ""
        }

        func status(_ path: String, _ token: String) async throws -> Int {
            try await http.get(path, headers: [("Authorization", "Bearer \(token)")]).status
        }

        /// Until a token is refused, which takes a second at most.
        func refused(_ token: String) async throws {
            try await wait(for: "the end of the token") { try await status("Patient", token) == 401 }
        }
    }

    private static func with(_ body: (House) async throws -> Void) async throws {
        let folder = try MartletProcess.makeFolder()
        let house = House(folder: folder, server: try await MartletProcess.serve(folder, []))
        try await body(house)
        house.server.send(SIGTERM)
        #expect(try await house.server.ended() == 0)
    }

    private static let password = "Blauer Himmel 77"

    @Test func accountsAreMadeChangedAndSwitchedOff() async throws {
        try await Self.with { house in
            let password = try house.file("password", Self.password + "\n")
            let nurse = ["--email", "nora@clinic.example"]
            let add = ["user", "add", "--name", "Nora Lund", "--role", "nurse", "--password-file", password] + nurse
            let made = try #require(try await house.json(add).first)
            let person = try #require(made["person"]?.string)
            #expect(made["practitioner"]?.string != nil && made["practitionerRole"]?.string != nil)
            #expect(try await house.signIn("nora@clinic.example", Self.password).status == 200)
            #expect(try await house.signIn("nora@clinic.example", "Blauer Himmel 78").status == 401)
            // The same address twice, a role that there is not, a file that there is not: refused.
            let other = ["user", "add", "--name", "X", "--email", "x@clinic.example"]
            var wrong: [[String]] = [add]
            wrong.append(other + ["--role", "wizard", "--password-file", password])
            wrong.append(other + ["--role", "nurse", "--password-file", "/nonexistent"])
            for arguments in wrong { #expect(try await house.run(arguments).status == 64, "\(arguments)") }

            let token = try await house.token(["--user", "nora@clinic.example"])
            #expect(try await house.status("Patient", token) == 200)
            #expect(try await house.status("Invoice", token) == 403)
            let roles = try await house.json(["user", "role", "--add", "cashier", "--remove", "nurse"] + nurse)
            #expect(roles.compactMap { $0["role"]?.string } == ["cashier"])
            try await wait(for: "the new role") { try await house.status("Invoice", token) == 200 }
            #expect(try await house.run(["user", "role", "--add", "wizard"] + nurse).status == 64)

            let off = try #require(try await house.json(["user", "disable"] + nurse).first)
            #expect(off["person"]?.string == person && off["state"]?.string == "deactivated")
            try await house.refused(token)
            #expect(try await house.signIn("nora@clinic.example", Self.password).status == 403)
            #expect(try await house.run(["token", "issue", "--user", "nora@clinic.example"]).status == 64)
            _ = try await house.json(["user", "enable"] + nurse)
            #expect(try await house.signIn("nora@clinic.example", Self.password).status == 200)
            #expect(try await house.run(["user", "disable", "--email", "nobody@clinic.example"]).status == 64)
        }
    }

    @Test func invitationsWaitForTheirOwner() async throws {
        try await Self.with { house in
            let invite = [
                "user", "invite", "--email", "emil@clinic.example", "--name", "Emil Berg", "--role", "physician",
            ]
            let made = try #require(try await house.json(invite).first)
            #expect(made["practitioner"]?.string != nil)
            let listed = try await house.json(["user", "list"])
            #expect(listed.map { $0["state"]?.string } == ["invited"])
            #expect(try await house.signIn("emil@clinic.example", Self.password).status == 401)
            #expect(try await house.run(invite).status == 64)
        }
    }

    @Test func clientsAreMadeAndTheirSecretsReplaced() async throws {
        try await Self.with { house in
            let file = try house.file("secret", "a secret of the laboratory\n")
            let add = [
                "client", "add", "--id", "lab", "--name", "Laboratory", "--grant", "client_credentials", "--scope",
                "system/Patient.rs",
            ]
            let made = try #require(try await house.json(add + ["--secret-file", file]).first)
            #expect(made["client_id"]?.string == "lab")
            #expect(made["client_secret"] == nil, "what the caller knows is not repeated")
            func ask(_ secret: String) async throws -> TestResponse {
                let encoded = secret.replacing(" ", with: "+")
                return try await house.http.form(
                    "/auth/token", "grant_type=client_credentials&client_id=lab&client_secret=\(encoded)")
            }
            let granted = try await ask("a secret of the laboratory")
            #expect(granted.status == 200, "\(granted.text)")
            let access = try #require(try granted.json["access_token"]?.string)
            #expect(try await house.status("Patient", access) == 200)
            #expect(try await house.status("Observation", access) == 403)
            #expect(try await ask("another secret").status == 401)

            let rotated = try #require(try await house.json(["client", "rotate", "--id", "lab"]).first)
            let secret = try #require(rotated["client_secret"]?.string)
            #expect(secret.utf8.count >= 32)
            try await wait(for: "the new secret") { try await ask(secret).status == 200 }
            #expect(try await ask("a secret of the laboratory").status == 401)

            let person = ["client", "add", "--name", "x", "--grant", "authorization_code", "--public"]
            var wrong: [[String]] = [add]
            wrong.append(add + ["--secret-file", file])
            wrong.append(add + ["--public"])
            wrong.append(["client", "add", "--name", "x", "--grant", "password", "--scope", "openid", "--public"])
            wrong.append(person + ["--scope", "nonsense", "--redirect", "https://x.example/"])
            wrong.append(person + ["--scope", "openid", "--redirect", "http://x.example/"])
            wrong.append(["client", "rotate", "--id", "nobody"])
            for arguments in wrong { #expect(try await house.run(arguments).status == 64, "\(arguments)") }

            #expect(try await house.run(["client", "disable", "--id", "lab"]).status == 0)
            try await house.refused(access)
            #expect(try await ask(secret).status == 401)
        }
    }

    @Test func tokensAreNarrowedAndEnd() async throws {
        try await Self.with { house in
            let add = [
                "client", "add", "--id", "app", "--name", "App", "--grant", "client_credentials", "--scope",
                "system/Patient.rs system/Observation.rs", "--make-secret",
            ]
            _ = try await house.json(add)
            let narrow = try await house.token(["--client", "app", "--scope", "system/Patient.rs"])
            #expect(try await house.status("Patient", narrow) == 200)
            #expect(try await house.status("Observation", narrow) == 403)
            let brief = try await house.token(["--client", "app", "--expires", "1"])
            try await house.refused(brief)
            let all = try await house.token(["--name", "test", "--expires", "3600"])
            #expect(try await house.status("Invoice", all) == 200)
            for wrong in [
                ["--client", "app", "--scope", "system/Invoice.rs"], ["--client", "nobody"], ["--scope", "openid"],
                ["--client", "app", "--user", "x@y.example"], ["--expires", "0"],
                ["--client", "app", "--patient", "no id"],
            ] { #expect(try await house.run(["token", "issue"] + wrong).status == 64, "\(wrong)") }
        }
    }

    /// What is changed at the machine is on record as what is changed over the network is.
    @Test func commandsAreOnRecord() async throws {
        try await Self.with { house in
            let password = try house.file("password", Self.password + "\n")
            let made = try #require(
                try await house.json([
                    "user", "add", "--name", "Nora Lund", "--email", "nora@clinic.example", "--role", "nurse",
                    "--password-file", password,
                ]).first)
            let person = try #require(made["person"]?.string)
            _ = try await house.run(["user", "disable", "--email", "nora@clinic.example"])
            _ = try await house.json([
                "client", "add", "--id", "lab", "--name", "Lab", "--make-secret", "--grant", "client_credentials",
                "--scope", "system/*.rs",
            ])
            _ = try await house.json(["client", "list"])
            let token = try await house.token([])
            let bearer = [("Authorization", "Bearer \(token)")]
            let found = try await house.http.get("AuditEvent?subtype=command&_sort=date&_count=100", headers: bearer)
            let events = (try found.json["entry"]?.items ?? []).compactMap { $0["resource"] }
            let words = events.compactMap { $0["outcomeDesc"]?.string }
            #expect(words == ["user add", "user disable", "client add lab", "token issue command line"])
            #expect(events.first?["entity"]?.items.first?["what"]?["reference"]?.string == "Person/\(person)")
            for event in events {
                let program = event["agent"]?.items.first?["who"]?["identifier"]?["value"]?.string
                #expect(program?.hasPrefix("command line (") == true)
            }
            // And what they wrote.
            let created = try await house.http.get("AuditEvent?subtype=create&entity=Person/\(person)", headers: bearer)
            #expect(try created.json["total"]?.integer == 1)
            #expect(!found.text.contains(Self.password) && !found.text.contains(token))
        }
    }
}
