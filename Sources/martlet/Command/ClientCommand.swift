import Access
import ArgumentParser
import Foundation
import FHIRServer
import FHIRStore
import JSONTape
import Logging

/// `martlet client`: programs that may ask for tokens.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Programs that may ask for tokens (OAuth 2.0, SMART App Launch).",
        subcommands: [Add.self, Rotate.self, List.self, Disable.self, Enable.self])

    /// Opens the database, which a server may be using.
    ///
    /// - Parameters:
    ///   - command: as it goes on record: `client rotate`.
    ///   - body: returns the id of the client; nil if it changed nothing.
    static func with(
        _ options: DatabaseOptions, _ command: String, _ body: (OpenStore) async throws -> String?
    ) async throws {
        let reader = try await options.reader()
        let settings = try options.settings(reader)
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        let isKept = RecordedCommand.isKept(reader)
        try await OpenStore.with(settings, isAudited: isKept, logger: logger) { open in
            try await open.migrate()
            try await RecordedCommand(command).run(open) {
                try await body(open).map { RecordedCommand.Subject.client($0) }
            }
        }
    }

    /// A line of JSON.
    static func line(_ client: OAuthClient, secret: String? = nil) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        client.write(to: &writer)
        writer.key("enabled")
        writer.bool(client.isEnabled)
        if let secret { writer.member("client_secret", secret) }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// What a client proves itself with.
    struct ProofOptions: ParsableArguments {
        @Option(help: "A file with the secret of the client: its first line, 16 characters at least.")
        var secretFile: String?

        @Flag(help: "Make a secret and print it, this once.")
        var makeSecret = false

        @Option(help: "A file with the public keys of the client as JSON Web Key Set, for RS384 or ES384.")
        var jwks: String?

        @Option(help: "Where the client publishes its keys: https, or http on this machine.")
        var jwksURL: String?

        /// The proof; nil where none was named. A secret that was made comes with it.
        func proof() throws -> (proof: OAuthClient.Proof, secret: String?)? {
            let count = [secretFile != nil, makeSecret, jwks != nil, jwksURL != nil].count { $0 }
            guard count <= 1 else {
                throw ValidationError("give one of --secret-file, --make-secret, --jwks and --jwks-url")
            }
            if let secretFile {
                let text = String(decoding: try read(secretFile), as: UTF8.self)
                let secret = String(text.prefix { !$0.isNewline })
                guard secret.utf8.count >= ClientSecret.leastCount else {
                    throw ValidationError("a secret has \(ClientSecret.leastCount) characters at least")
                }
                return (.secret(ClientSecret.hash(secret)), nil)
            }
            if makeSecret {
                let secret = RandomToken.make()
                return (.secret(ClientSecret.hash(secret)), secret)
            }
            if let jwks {
                let bytes = try read(jwks)
                guard (try? Document.parse(bytes)) != nil else { throw ValidationError("\(jwks) is no JSON") }
                return (.keys(bytes), nil)
            }
            return jwksURL.map { (.keysURL($0), nil) }
        }

        private func read(_ path: String) throws -> [UInt8] {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ValidationError("the file \(path) cannot be read")
            }
            return Array(data)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Register a client and print it as JSON.")

        @Option(help: "Its id. Default: a random one.")
        var id: String?

        @Option(help: "What people know it by.")
        var name: String

        @Option(help: "Scopes that it may have at most, separated by blanks; may be repeated.")
        var scope: [String]

        @Option(help: "client_credentials, authorization_code or refresh_token; may be repeated.")
        var grant: [String]

        @OptionGroup var proof: ProofOptions

        @Flag(name: .customLong("public"), help: "It cannot keep a secret: an app in browsers or on phones.")
        var isPublic = false

        @Option(help: "An address that people come back to, compared exactly; may be repeated.")
        var redirect: [String] = []

        @Option(help: "An origin from which its scripts ask (CORS): https://app.example; may be repeated.")
        var origin: [String] = []

        @Option(help: "Id of the Organization (tenant) that it works in by itself.")
        var organization: String?

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() async throws {
            let given = try proof.proof()
            guard isPublic != (given != nil) else {
                throw ValidationError("give one of --secret-file, --make-secret, --jwks, --jwks-url and --public")
            }
            let grants = try grant.map { name in
                guard let grant = OAuthClient.Grant(rawValue: name) else {
                    throw ValidationError("--grant \(name): client_credentials, authorization_code or refresh_token")
                }
                return grant
            }
            let client = OAuthClient(
                id: id ?? RandomToken.uuid(), name: name, proof: given?.proof ?? .none, grants: Set(grants),
                scope: ScopeNegotiation.words(scope.joined(separator: " ")), redirects: redirect, origins: origin,
                organization: organization)
            try await ClientCommand.with(databaseOptions, "client add") { open in
                do {
                    try client.check(open.store.definitions)
                } catch let error as ClientMetadataError {
                    throw ValidationError(error.message)
                }
                guard try await Clients(database: open.database).add(client) else {
                    throw ValidationError("there is a client \(client.id) already")
                }
                Console.data(ClientCommand.line(client, secret: given?.secret))
                return client.id
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate", abstract: "Give a client another secret or other keys; the old ones end at once.")

        @Option(help: "Its id.")
        var id: String

        @OptionGroup var proof: ProofOptions

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() async throws {
            let given = try proof.proof()
            try await ClientCommand.with(databaseOptions, "client rotate") { open in
                let clients = Clients(database: open.database)
                guard var client = try await clients.find(id) else {
                    throw ValidationError("there is no client \(id)")
                }
                guard !client.isPublic else { throw ValidationError("the client \(id) is public: it has no secret") }
                var secret: String?
                if let given {
                    client.proof = given.proof
                    secret = given.secret
                } else {
                    guard case .secret = client.proof else {
                        throw ValidationError("give the new keys by --jwks or --jwks-url")
                    }
                    let made = RandomToken.make()
                    client.proof = .secret(ClientSecret.hash(made))
                    secret = made
                }
                do {
                    try client.check(open.store.definitions)
                } catch let error as ClientMetadataError {
                    throw ValidationError(error.message)
                }
                _ = try await clients.replace(client.proof, of: id)
                Console.data(ClientCommand.line(client, secret: secret))
                return client.id
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the clients, one line of JSON each.")

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() async throws {
            try await ClientCommand.with(databaseOptions, "client list") { open in
                for client in try await Clients(database: open.database).all() {
                    Console.data(ClientCommand.line(client))
                }
                return nil
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Shut a client out, with all its tokens, within a second.")

        @Option(help: "Its id.")
        var id: String

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() async throws { try await ClientCommand.set(id, isEnabled: false, databaseOptions) }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "enable", abstract: "Let a client in again.")

        @Option(help: "Its id.")
        var id: String

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() async throws { try await ClientCommand.set(id, isEnabled: true, databaseOptions) }
    }

    private static func set(_ id: String, isEnabled: Bool, _ options: DatabaseOptions) async throws {
        try await with(options, isEnabled ? "client enable" : "client disable") { open in
            guard try await Clients(database: open.database).setEnabled(isEnabled, id) else {
                throw ValidationError("there is no client \(id)")
            }
            return id
        }
    }
}
