package import JSONTape
import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 client for tests: one connection per request, nothing hidden.
package struct TestClient: Sendable {
    package let port: Int
    /// Sent with every request.
    package var headers: [(String, String)] = []

    package init(port: Int) {
        self.port = port
    }

    /// The address of the FHIR API.
    package var base: String { "http://127.0.0.1:\(port)/fhir" }

    package func get(_ path: String, headers: [(String, String)] = []) async throws -> TestResponse {
        try await send("GET", path, headers: headers)
    }

    package func put(_ path: String, _ json: String, headers: [(String, String)] = []) async throws -> TestResponse {
        try await send("PUT", path, json: Array(json.utf8), headers: headers)
    }

    package func post(_ path: String, _ json: String, headers: [(String, String)] = []) async throws -> TestResponse {
        try await send("POST", path, json: Array(json.utf8), headers: headers)
    }

    package func delete(_ path: String, headers: [(String, String)] = []) async throws -> TestResponse {
        try await send("DELETE", path, headers: headers)
    }

    /// A form, as `_search` takes it.
    package func form(_ path: String, _ form: String, headers: [(String, String)] = []) async throws -> TestResponse {
        let type = ("Content-Type", "application/x-www-form-urlencoded")
        return try await send("POST", path, body: Array(form.utf8), headers: [type] + headers)
    }

    /// A request with a FHIR body.
    package func send(
        _ method: String, _ path: String, json: [UInt8], headers: [(String, String)] = []
    ) async throws -> TestResponse {
        var all = headers
        if !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
            all.append(("Content-Type", "application/fhir+json"))
        }
        return try await send(method, path, body: json, headers: all)
    }

    /// Any request. `path` begins with a slash, or is relative to the FHIR API.
    package func send(
        _ method: String, _ path: String, body: [UInt8]? = nil, headers: [(String, String)] = []
    ) async throws -> TestResponse {
        var head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: method), uri: path.hasPrefix("/") ? path : "/fhir/\(path)")
        head.headers.add(name: "Host", value: "127.0.0.1:\(port)")
        for (name, value) in self.headers + headers { head.headers.add(name: name, value: value) }
        if let body { head.headers.add(name: "Content-Length", value: "\(body.count)") }
        return try await exchange(head, body)
    }

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private func exchange(_ head: HTTPRequestHead, _ body: [UInt8]?) async throws -> TestResponse {
        let channel: Connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(240))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            do {
                try await outbound.write(.head(head))
                if let body { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
                try await outbound.write(.end(nil))
            } catch {
                // The server has closed while we still send. It may have said why.
            }
            var response: TestResponse?
            for try await part in inbound {
                switch part {
                case .head(let head) where head.status.code >= 200:
                    response = TestResponse(
                        status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) })
                case .head: break
                case .body(let chunk): response?.body += chunk.readableBytesView
                case .end:
                    if let response { return response }
                }
            }
            throw ClosedEarly()
        }
    }

    /// Sends bytes as they are and returns all that comes back until the server closes.
    package func raw(_ bytes: [UInt8]) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(240))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var answer: [UInt8] = []
            // A server that closes while we still send resets the connection; what came before counts.
            try? await outbound.write(ByteBuffer(bytes: bytes))
            do {
                for try await chunk in inbound { answer += chunk.readableBytesView }
            } catch {}
            return String(decoding: answer, as: UTF8.self)
        }
    }

    /// The server ended the connection without an answer.
    package struct ClosedEarly: Error {}
}

/// What came back.
package struct TestResponse: Sendable {
    package var status: Int
    package var headers: [(String, String)]
    package var body: [UInt8] = []

    package var text: String { String(decoding: body, as: UTF8.self) }

    package subscript(header name: String) -> String? {
        headers.first { $0.0.lowercased() == name.lowercased() }?.1
    }

    /// The body as JSON; throws if it is none.
    package var json: JSONNode {
        get throws { JSONNode(try Document.parse(body)) }
    }

    /// `issue.details.coding.code` of each issue of an OperationOutcome; empty for other bodies.
    package var issueCodes: [String] {
        guard let json = try? json, json["resourceType"]?.string == "OperationOutcome" else { return [] }
        return (json["issue"]?.items ?? []).map { issue in
            issue["details"]?["coding"]?.items.first?["code"]?.string ?? issue["code"]?.string ?? ""
        }
    }

    /// Whether the body is an OperationOutcome with at least one issue.
    package var isOutcome: Bool { !issueCodes.isEmpty }
}
