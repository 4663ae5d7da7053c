import Access
import ArgumentParser
import FHIRServer
import FHIRStore
import Logging

/// `martlet token`: access tokens.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Manage access tokens.", subcommands: [Issue.self])

    /// `martlet token issue`: prints a new bearer token, of which only the hash is kept.
    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "issue", abstract: "Print a new bearer token.",
            discussion: "Without --client and --user it sees everything and does not expire unless --expires says so.")

        @Option(help: "The client whose token it is.")
        var client: String?

        @Option(help: "The account whose token it is: e-mail address, or id of the Person.")
        var user: String?

        @Option(help: "Scopes, separated by blanks. Default: all that the client or the person may have.")
        var scope: String?

        @Option(help: "Id of the Patient that scopes of the kind patient/ are about.")
        var patient: String?

        @Option(help: "Whose token it is, for logs and lists, where it is nobody's.")
        var name = "command line"

        @Option(help: "Seconds until it expires. Default: 3600 with --client or --user, else never.")
        var expires: Int?

        @OptionGroup var databaseOptions: DatabaseOptions

        func validate() throws {
            if let expires, expires <= 0 { throw ValidationError("--expires must be positive") }
            if client != nil, user != nil { throw ValidationError("give one of --client and --user") }
            if client == nil, user == nil, scope != nil || patient != nil {
                throw ValidationError("--scope and --patient go with --client or --user")
            }
            if let patient, !ResourceID.isValid(patient) { throw ValidationError("--patient is the id of a Patient") }
        }

        func run() async throws {
            let reader = try await databaseOptions.reader()
            let settings = try databaseOptions.settings(reader)
            let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
            let isKept = RecordedCommand.isKept(reader)
            try await OpenStore.with(settings, isAudited: isKept, logger: logger) { open in
                try await open.migrate()
                try await RecordedCommand("token issue").run(open) { try await issue(open) }
            }
        }

        /// Prints the token; returns whose it is.
        private func issue(_ open: OpenStore) async throws -> RecordedCommand.Subject {
            let (holder, scope) = try await holder(open)
            let isAnybodys = if case .everything = holder { true } else { false }
            Console.data(
                try await StandingTokens(database: open.database).issue(
                    holder, scope: scope, patient: patient,
                    lifetimeSeconds: expires ?? (isAnybodys ? nil : StandingTokens.usualLifetime)))
            return switch holder {
            case .everything(let name): .client(name)
            case .client(let id): .client(id)
            case .person(let id): .person(id)
            }
        }

        private func holder(_ open: OpenStore) async throws -> (StandingTokens.Holder, [String]?) {
            let words = scope.map { ScopeNegotiation.words($0) }
            if let words, !words.allSatisfy({ OAuthClient.isScope($0, open.store.definitions) }) {
                throw ValidationError("--scope names one that is none of SMART App Launch or OpenID Connect")
            }
            if let client {
                guard let known = try await Clients(database: open.database).find(client) else {
                    throw ValidationError("there is no client \(client)")
                }
                let granted = ScopeNegotiation.intersection(words ?? known.scope, known.scope)
                guard !granted.isEmpty else { throw ValidationError("the client may have none of these scopes") }
                return (.client(client), granted)
            }
            if let user {
                guard let person = try await person(user, open) else {
                    throw ValidationError("there is no account of \(user) that is in force")
                }
                return (.person(person), words)
            }
            return (.everything(name: name), nil)
        }

        /// Id of the Person by e-mail address or id.
        private func person(_ user: String, _ open: OpenStore) async throws -> String? {
            let accounts = Accounts(store: open.store, secrets: .temporary(), search: open.search)
            let account =
                if let email = EmailAddress(user) {
                    try await accounts.account(email: email)
                } else {
                    try await accounts.account(person: user)
                }
            return account.flatMap { $0.isInForce ? $0.person : nil }
        }
    }
}
