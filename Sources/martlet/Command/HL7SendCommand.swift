import ArgumentParser
import HL7Syntax
import MLLPServer

/// `martlet hl7 send`: sends the messages of files over MLLP and waits for their answers.
struct HL7SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send HL7 v2 messages over MLLP and wait for every answer.",
        discussion: """
            Says the code of every acknowledgement and a summary on stderr; stdout gets one line of JSON. The exit \
            status is 1 if a message was not accepted (AA or CA).
            """)

    @Argument(help: "Files of one or more messages or batches each, folders of such files, or - for stdin.")
    var files: [String]

    @Option(help: "Where to send: HOST:PORT. Default 127.0.0.1:2575.")
    var to = "127.0.0.1:2575"

    @Option(help: "Most messages per second, over all connections. Default: as fast as answers come.")
    var rate: Double?

    @Option(help: "Connections; messages go to them in turn. Default 1, which alone keeps the order.")
    var connections = 1

    @Option(help: "Messages under way at once on each connection, where the receiver allows it. Default 1.")
    var inFlight = 1

    @Option(name: .customLong("repeat"), help: "Send everything so often; later rounds get control ids of their own.")
    var rounds = 1

    @Flag(help: "Say only the summary.")
    var quiet = false

    @OptionGroup(title: "TLS") var security: TLSOptions

    /// The options that have to do with TLS; any of the files switches it on.
    struct TLSOptions: ParsableArguments {
        @Flag(help: "Use TLS.")
        var tls = false

        @Option(help: "PEM file with the authorities to trust. Default: those of the system.")
        var tlsCa: String?

        @Option(help: "PEM file with a certificate of our own, for servers that want one.")
        var tlsCert: String?

        @Option(help: "PEM file with its key.")
        var tlsKey: String?

        @Option(help: "Name that the server's certificate must have. Default: the host in --to.")
        var tlsName: String?

        func client() throws -> MLLPClientTLS? {
            guard tls || tlsCa != nil || tlsCert != nil || tlsKey != nil || tlsName != nil else { return nil }
            return try MLLPClientTLS(
                authorityFile: tlsCa, certificateFile: tlsCert, keyFile: tlsKey, serverName: tlsName)
        }
    }

    func validate() throws {
        if let rate, !(rate > 0) { throw ValidationError("--rate must be positive") }
        guard inFlight > 0 else { throw ValidationError("--in-flight must be positive") }
        guard 1...1000 ~= connections else { throw ValidationError("--connections must be 1 to 1000") }
        guard rounds > 0 else { throw ValidationError("--repeat must be positive") }
        _ = try destination()
    }

    private func destination() throws -> MLLPClient.Configuration {
        guard let colon = to.lastIndex(of: ":"), let port = Int(to[to.index(after: colon)...]), 1...65535 ~= port else {
            throw ValidationError("--to must be HOST:PORT")
        }
        let host = to[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }
        return MLLPClient.Configuration(host: String(host), port: port)
    }

    func run() async throws {
        let messages = try MessageFiles.messages(files)
        guard !messages.isEmpty else { throw ValidationError("there is no message in these files") }
        var configuration = try destination()
        configuration.inFlightLimit = inFlight
        configuration.tls = try security.client()
        let clients = (0..<connections).map { _ in MLLPClient(configuration) }
        let delivery = MessageDelivery(
            messages: messages, rounds: rounds, clients: clients, perClient: inFlight, rate: rate, isQuiet: quiet)
        let summary = await delivery.run()
        for client in clients { await client.close() }
        for line in summary.lines { Console.say(line) }
        Console.data(summary.json)
        if summary.acceptedCount != summary.sentCount { throw ExitCode(1) }
    }
}
