import HL7Ingest
import MLLPServer

/// Takes messages to their receivers over MLLP, with one warm connection for each.
actor LineCarrier: MessageCarrier {
    /// A connection and what it was made for.
    private struct Line {
        let host: String
        let port: Int
        let tls: DestinationSettings.TLS?
        let answerTimeoutSeconds: Int
        let client: MLLPClient
    }

    private var lines: [String: Line] = [:]

    func carry(_ message: [UInt8], to destination: DestinationSettings) async throws -> [UInt8] {
        do {
            return try await client(for: destination).send(message)
        } catch let error as MLLPClientError {
            // No answer in time may mean a receiver that is slow with this one message.
            throw MessageCarrierError(isUnreachable: error.code != .timedOut, words: error.code.rawValue)
        }
    }

    func close() async {
        for line in lines.values { await line.client.close() }
    }

    /// The connection of a destination; a new one where the settings have changed.
    private func client(for destination: DestinationSettings) async throws -> MLLPClient {
        let port = destination.port ?? 2575
        let timeout = destination.answerTimeoutSeconds ?? 30
        if let line = lines[destination.name] {
            let isSame =
                line.host == destination.host && line.port == port && line.tls == destination.tls
                && line.answerTimeoutSeconds == timeout
            if isSame { return line.client }
            lines[destination.name] = nil
            await line.client.close()
        }
        var configuration = MLLPClient.Configuration(host: destination.host, port: port)
        configuration.answerTimeoutSeconds = Double(timeout)
        if let tls = destination.tls {
            func file(_ path: String) -> String? { path.isEmpty ? nil : path }
            configuration.tls = try MLLPClientTLS(
                authorityFile: file(tls.authority), certificateFile: file(tls.certificate), keyFile: file(tls.key),
                serverName: file(tls.name))
        }
        let client = MLLPClient(configuration)
        lines[destination.name] = Line(
            host: destination.host, port: port, tls: destination.tls, answerTimeoutSeconds: timeout, client: client)
        return client
    }
}
