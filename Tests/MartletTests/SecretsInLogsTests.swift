import FHIRServerTesting
import Foundation
import JSONTape
import Testing

/// Nothing that lets anybody in stands in the log, at the level that tells most, whether it was right or wrong.
@Suite struct SecretsInLogsTests {
    private static let password = "Gruene Wiese 4711"

    @Test func theLogHoldsNoSecret() async throws {
        let folder = try MartletProcess.makeFolder()
        let data = ["--data-dir", folder + "/data"]
        func file(_ name: String, _ text: String) throws -> String {
            try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
            return folder + "/" + name
        }
        let mailPassword = "mail-password-99-zebra"
        let server = try await MartletProcess.serve(
            folder,
            [
                "--log-level", "trace", "--smtp", "smtp://127.0.0.1:1", "--smtp-password-file",
                try file("mail", mailPassword),
            ])
        var secrets = [mailPassword, Self.password, "Gruene%20Wiese%204711", "Gruene+Wiese+4711"]
        let http = TestClient(port: server.httpPort)
        func run(_ arguments: [String]) async throws -> String {
            let end = try await MartletProcess.run(arguments + data, in: folder)
            #expect(end.status == 0, "\(end.output)")
            return end.output.split(separator: "\n").last.map(String.init) ?? ""
        }
        let person = ["--email", "gerda@clinic.example", "--name", "Gerda Holm", "--role", "physician"]
        _ = try await run(["user", "add", "--password-file", try file("password", Self.password)] + person)
        let client = ["--id", "lab", "--name", "Lab", "--grant", "client_credentials", "--scope", "system/*.rs"]
        let added = try await run(["client", "add", "--make-secret"] + client)
        let clientSecret = try #require(try JSONNode(Document.parse(added))["client_secret"]?.string)
        secrets.append(clientSecret)

        // Signing in, rightly and wrongly.
        for password in [Self.password, "Falsch geraten 1234"] {
            secrets.append(password)
            let answer = try await http.send(
                "POST", "/auth/sign-in",
                body: Array(#"{"email":"gerda@clinic.example","password":"\#(password)"}"#.utf8),
                headers: [("Content-Type", "application/json")])
            for (name, value) in answer.headers where name.lowercased() == "set-cookie" {
                let cookie = value.prefix { $0 != ";" }.split(separator: "=").last.map(String.init) ?? ""
                #expect(cookie.utf8.count > 16)
                secrets.append(cookie)
                _ = try await http.get("/auth/sessions", headers: [("Cookie", "martlet_session=\(cookie)")])
            }
        }
        // Tokens of programs, good and bad, and where they do not belong.
        let form = "grant_type=client_credentials&client_id=lab&client_secret="
        let granted = try await http.form("/auth/token", form + clientSecret)
        let access = try #require(try granted.json["access_token"]?.string)
        _ = try await http.form("/auth/token", form + "wrong-secret-of-lab")
        let standing = try await run(["token", "issue"])
        secrets += [access, "wrong-secret-of-lab", standing, "guessed-token-31337", "code-from-nowhere"]
        for token in [access, standing, "guessed-token-31337", access + "x"] {
            let proof = [("Authorization", "Bearer \(token)")]
            _ = try await http.get("Patient", headers: proof)
            _ = try await http.post("Patient", #"{"resourceType":"Patient","gender":"nonsense"}"#, headers: proof)
            _ = try await http.get("Patient?access_token=\(token)")
            _ = try await http.form("/auth/introspect", "token=\(token)", headers: proof)
        }
        _ = try await http.get("/auth/authorize?client_id=lab&code=code-from-nowhere")
        _ = try await http.form("/auth/token", "grant_type=authorization_code&code=code-from-nowhere&client_id=lab")
        // A mail that cannot be sent, which the log tells of.
        _ = try await http.send(
            "POST", "/auth/password/forgot", body: Array(#"{"email":"gerda@clinic.example"}"#.utf8),
            headers: [("Content-Type", "application/json")])
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)

        let key = MartletProcess.text(folder + "/data/secret.key").prefix { !$0.isNewline }
        #expect(key.utf8.count == 64)
        secrets.append(String(key))
        let log = MartletProcess.text(server.log)
        #expect(log.contains("\"request\"") || log.contains("request"), "it does log")
        for secret in secrets { #expect(!log.contains(secret), "\(secret.prefix(6))… stands in the log") }
    }
}
