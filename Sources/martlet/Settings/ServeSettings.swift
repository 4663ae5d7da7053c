import ArgumentParser
import Carriers
import FHIRDefinitions
import FHIRServer
import FHIRStore
import MLLPServer

/// Options of `serve`.
struct ServeOptions: ParsableArguments {
    @Option(help: "Address for HTTP. Default 127.0.0.1.")
    var host: String?

    @Option(help: "Port for HTTP; 0 for any free one. Default 8080.")
    var port: Int?

    @OptionGroup(title: "HL7 v2 over MLLP") var listeners: ListenerOptions

    @Option(help: "Address of the FHIR API as clients see it. Default: http:// and the Host of each request.")
    var baseURL: String?

    @Option(help: "smart (a bearer token is required) or none (loopback only). Default smart.")
    var auth: String?

    @Option(help: "on or off: a record of who did what. Default on with --auth smart, off with none.")
    var audit: String?

    @Option(help: "Years for which records of who did what are kept; 0 for ever. Default 0.")
    var auditYears: Int?

    @Option(help: "Greatest request body in megabytes. Default 100.")
    var maxBodyMegabytes: Int?

    @Option(
        help: """
            Greatest answer in megabytes, of those that are made in memory: bundles, histories, operations. Larger \
            ones are refused. Default 100.
            """)
    var maxAnswerMegabytes: Int?

    @Option(help: "What a conditional delete does with several matches: single (refuses) or multiple. Default single.")
    var conditionalDelete: String?
    @Option(help: "none, or delete: resources that others refer to cannot be deleted (409). Default none.")
    var referentialIntegrity: String?

    @Option(
        help: "Whether a broken invariant of FHIR is an error, which refuses the resource, or a warning. Default error."
    )
    var invariants: String?

    @OptionGroup var profiles: ProfileOptions

    @Flag(help: "Let programs register themselves as clients at /auth/register (RFC 7591). Default: no.")
    var clientRegistration = false

    @OptionGroup(title: "Messages to people") var messages: MessageOptions

    @Option(
        help: """
            A file with the key under which secrets are sealed, 64 hexadecimal digits (or MARTLET_SECRET_KEY). \
            Default: secret.key in --data-dir, made at the first start.
            """)
    var secretKeyFile: String?

    @OptionGroup(title: "Transport of HTTP") var transport: TransportOptions
}

/// What `serve` does, all options resolved and checked.
struct ServeSettings: Sendable {
    enum Authentication: String, Sendable { case smart, none }
    enum Invariants: String, Sendable { case error, warning }

    var host: String
    var port: Int
    var mllp: ListenerSettings
    var baseURL: String?
    var authentication: Authentication
    /// Whether a record is kept of who did what.
    var isAudited: Bool
    /// For how long records are kept; nil for ever.
    var auditYears: Int?
    /// In bytes.
    var greatestBody: Int
    /// In bytes.
    var greatestAnswer: Int
    /// Whether programs may register themselves as clients.
    var takesRegistrations: Bool
    var conditionalDelete: ConditionalDelete
    var integrity: ReferentialIntegrity
    var invariants: Invariants
    /// Canonicals of profiles that all resources of a type have to meet.
    var profiles: [TypeID: [String]]
    var messages: MessageSettings
    /// The key under which secrets are sealed; nil for that of the data directory.
    var secretKey: Secret?
    var transport: TransportSettings

    init(_ options: ServeOptions, _ reader: SettingsReader) throws {
        host = reader.string("host", options.host) ?? "127.0.0.1"
        port = try reader.integer("port", options.port) ?? 8080
        mllp = try ListenerSettings(options.listeners, reader)
        baseURL = reader.string("baseUrl", options.baseURL)
        let name = reader.string("auth", options.auth) ?? "smart"
        guard let authentication = Authentication(rawValue: name) else {
            throw ValidationError("--auth is smart or none, not \(name)")
        }
        self.authentication = authentication
        switch reader.string("audit", options.audit) {
        case "on": isAudited = true
        case "off": isAudited = false
        case nil: isAudited = authentication == .smart
        case let name?: throw ValidationError("--audit is on or off, not \(name)")
        }
        let years = try reader.integer("auditYears", options.auditYears) ?? 0
        guard (0...1000).contains(years) else { throw ValidationError("--audit-years is 0 to 1000") }
        auditYears = years > 0 ? years : nil
        let integrityName = reader.string("referentialIntegrity", options.referentialIntegrity) ?? "none"
        guard let integrity = ReferentialIntegrity(rawValue: integrityName) else {
            throw ValidationError("--referential-integrity is none or delete, not \(integrityName)")
        }
        self.integrity = integrity
        let invariantsName = reader.string("invariants", options.invariants) ?? "error"
        guard let invariants = Invariants(rawValue: invariantsName) else {
            throw ValidationError("--invariants is error or warning, not \(invariantsName)")
        }
        self.invariants = invariants
        profiles = try options.profiles.profiles(reader)
        takesRegistrations =
            options.clientRegistration || reader.string("clientRegistration", nil) == "true"
        secretKey = try reader.secret("secretKey", options.secretKeyFile)
        messages = try MessageSettings(options.messages, reader, baseURL: baseURL)
        greatestBody = (try reader.integer("maxBodyMegabytes", options.maxBodyMegabytes) ?? 100) << 20
        greatestAnswer = (try reader.integer("maxAnswerMegabytes", options.maxAnswerMegabytes) ?? 100) << 20
        let deletion = reader.string("conditionalDelete", options.conditionalDelete) ?? "single"
        guard let conditionalDelete = ConditionalDelete(rawValue: deletion) else {
            throw ValidationError("--conditional-delete is single or multiple, not \(deletion)")
        }
        self.conditionalDelete = conditionalDelete
        transport = try TransportSettings(options.transport, reader, demandsToken: authentication == .smart)
        try check()
    }

    private func check() throws {
        if authentication == .none, !([host] + mllp.listeners.map(\.host)).allSatisfy(Self.isLoopback) {
            throw ValidationError("--auth none is refused unless every listener is on a loopback address")
        }
        if let baseURL, !baseURL.hasPrefix("http://"), !baseURL.hasPrefix("https://") {
            throw ValidationError("--base-url must begin with http:// or https://")
        }
        guard greatestBody > 0 else { throw ValidationError("--max-body-megabytes must be positive") }
        guard greatestAnswer > 0 else { throw ValidationError("--max-answer-megabytes must be positive") }
    }

    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
