import ArgumentParser
import MLLPServer
import TransportSecurity

/// The listeners for HL7 v2, resolved and checked.
struct ListenerSettings: Sendable {
    /// One of them; its name is that of the source.
    var listeners: [MLLPServerConfiguration]
    /// Which source a client's certificate stands for.
    var clients: [ClientBinding]

    /// A certificate and the source whose messages come with it.
    struct ClientBinding: Sendable, Hashable {
        var source: String
        /// An alternative name, or a fingerprint.
        var certificate: String
    }

    init(_ options: ListenerOptions, _ reader: SettingsReader) throws {
        let tls = try Self.tls(options, reader)
        let texts = Self.joined(reader.strings("mllp", options.mllp))
        if texts.isEmpty {
            var lab = MLLPServerConfiguration()
            lab.name = "lab"
            lab.host = reader.string("mllpHost", options.mllpHost) ?? "127.0.0.1"
            lab.port = try reader.integer("mllpPort", options.mllpPort) ?? 2575
            lab.tls = tls
            listeners = [lab]
        } else {
            listeners = try texts.map { try Self.listener($0, tls) }
        }
        let names = listeners.map(\.name)
        if let twice = names.first(where: { name in names.count(where: { $0 == name }) > 1 }) {
            throw ValidationError("--mllp: there are two listeners \(twice)")
        }
        clients = try reader.strings("mllpClient", options.mllpClient).map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, Self.isName(parts[0]) else {
                throw ValidationError("--mllp-client is SOURCE=CERTIFICATE, not \(text)")
            }
            return ClientBinding(source: parts[0], certificate: parts[1])
        }
        let authority = reader.string("mllpTlsClientCa", options.mllpTlsClientCa)
        if !clients.isEmpty, authority == nil {
            throw ValidationError("--mllp-client needs --mllp-tls-client-ca: without it nobody shows a certificate")
        }
        // One message of a connection at a time: a feed's order is part of its meaning.
        for index in listeners.indices { listeners[index].inFlightLimit = 1 }
    }

    private static func tls(_ options: ListenerOptions, _ reader: SettingsReader) throws -> MLLPServerTLS? {
        let certificate = reader.string("mllpTlsCert", options.mllpTlsCert)
        let key = reader.string("mllpTlsKey", options.mllpTlsKey)
        let authority = reader.string("mllpTlsClientCa", options.mllpTlsClientCa)
        guard let certificate, let key else {
            guard certificate == nil, key == nil, authority == nil else {
                throw ValidationError("TLS needs both --mllp-tls-cert and --mllp-tls-key")
            }
            return nil
        }
        do {
            return try MLLPServerTLS(certificateFile: certificate, keyFile: key, clientAuthorityFile: authority)
        } catch {
            throw ValidationError("--mllp-tls-cert, --mllp-tls-key, --mllp-tls-client-ca: \(error)")
        }
    }

    /// The environment parts lists at commas, so that what belongs to one listener has to be put together again.
    private static func joined(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { joined, text in
            let key = text.prefix { $0 != "=" }
            if let last = joined.indices.last, optionNames.contains(String(key)) {
                joined[last] += "," + text
            } else {
                joined.append(text)
            }
        }
    }

    private static let optionNames: Set<String> = ["tls", "allow", "connections", "max-megabytes", "idle"]

    private static func listener(_ text: String, _ tls: MLLPServerTLS?) throws -> MLLPServerConfiguration {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let sides = parts[0].split(separator: "=", maxSplits: 1).map(String.init)
        guard sides.count == 2, isName(sides[0]), let colon = sides[1].lastIndex(of: ":"),
            let port = Int(sides[1][sides[1].index(after: colon)...]), 0...65535 ~= port
        else { throw ValidationError("--mllp is NAME=HOST:PORT, not \(parts[0])") }
        var listener = MLLPServerConfiguration()
        listener.name = sides[0]
        listener.host = String(sides[1][..<colon].drop { $0 == "[" }.prefix { $0 != "]" })
        listener.port = port
        for option in parts.dropFirst() { try apply(option, to: &listener, tls) }
        return listener
    }

    private static func apply(
        _ option: String, to listener: inout MLLPServerConfiguration, _ tls: MLLPServerTLS?
    ) throws {
        let sides = option.split(separator: "=", maxSplits: 1).map(String.init)
        let value = sides.count == 2 ? sides[1] : ""
        func number(_ range: ClosedRange<Int>) throws -> Int {
            guard let number = Int(value), range.contains(number) else {
                throw ValidationError(
                    "--mllp: \(option) has to be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        switch sides.first {
        case "tls" where sides.count == 1:
            guard let tls else { throw ValidationError("--mllp: tls needs --mllp-tls-cert and --mllp-tls-key") }
            listener.tls = tls
        case "allow":
            guard let range = AddressRange(value) else {
                throw ValidationError("--mllp: \(value) is no address and no network")
            }
            listener.allowedAddresses.append(range)
        case "connections": listener.connectionLimit = try number(1...100_000)
        case "max-megabytes": listener.frameByteLimit = try number(1...256) << 20
        case "idle": listener.idleTimeoutSeconds = Double(try number(1...86_400))
        default: throw ValidationError("--mllp: \(option) is no option of a listener")
        }
    }

    /// Names stand in systems and addresses; those of options would be taken for options.
    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && !optionNames.contains(name)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }
}
