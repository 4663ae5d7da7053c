import FHIRServer
import FHIRServerTesting
import FHIRStoreTesting
import NIOCore
import NIOPosix
import Testing
import TransportSecurity

/// What clients may cost, and what every answer says to browsers.
@Suite(.timeLimit(.minutes(10))) struct AbuseTests {
    @Test func strangersAreSlowedDown() async throws {
        try await TestServer.with({ options in
            options.needsToken = true
            options.configuration.rates.stranger = RateLimiter.Rate(perSecond: 0.001, burst: 5)
        }) { server in
            for _ in 0..<5 {
                let guess = [("Authorization", "Bearer guess")]
                #expect(try await server.client.get("Patient", headers: guess).status == 401)
            }
            let refused = try await server.client.get("Patient")
            #expect(refused.status == 429)
            #expect(refused.issueCodes == ["too-many-requests"])
            #expect(refused[header: "Retry-After"].flatMap { Int($0) } ?? 0 > 0)
            #expect(try await server.client.get("metadata").status == 429)
            // Who has a token goes on, from the same address too, and so does whoever looks after the server.
            let token = try await AccessTokens(database: server.test.database).issue(name: "t", lifetimeSeconds: nil)
            let proof = [("Authorization", "Bearer \(token)")]
            #expect(try await server.client.get("Patient", headers: proof).status == 200)
            #expect(try await server.client.get("/health/ready").status == 200)
        }
    }

    @Test func addressesBehindATrustedProxyAreToldApart() async throws {
        let here = try #require(AddressRange("127.0.0.0/8"))
        try await TestServer.with({ options in
            options.needsToken = true
            options.configuration.trustedProxies = [here]
            options.configuration.rates.stranger = RateLimiter.Rate(perSecond: 0.001, burst: 1)
        }) { server in
            for (address, status) in [("192.0.2.1", 401), ("192.0.2.1", 429), ("192.0.2.2", 401)] {
                let answer = try await server.client.get("Patient", headers: [("X-Forwarded-For", address)])
                #expect(answer.status == status)
            }
        }
    }

    @Test func everyAnswerKeepsBrowsersInCheck() async throws {
        try await TestServer.with({ $0.needsToken = true }) { server in
            for path in ["Patient", "metadata", "nonsense/1/2/3", "/health/live", "/elsewhere"] {
                let answer = try await server.client.get(path)
                #expect(answer[header: "X-Content-Type-Options"] == "nosniff", "\(path)")
                #expect(answer[header: "Content-Security-Policy"]?.contains("frame-ancestors 'none'") == true)
                #expect(answer[header: "Referrer-Policy"] == "no-referrer")
                #expect((answer[header: "Cache-Control"] == "no-store") == (path != "metadata"), "\(path)")
                #expect(answer[header: "Strict-Transport-Security"] == nil, "not over plain HTTP (RFC 6797 §7.2)")
                #expect(answer[header: "Access-Control-Allow-Origin"] == nil)
                #expect(answer[header: "Server"] == nil)
            }
        }
    }

    @Test func headersAreBounded() async throws {
        try await TestServer.with { server in
            let many = (0..<200).map { ("X-Header-\($0)", "x") }
            let large = [("X-Large", String(repeating: "x", count: 40_000))]
            for headers in [many, large] {
                let answer = try await server.client.get("metadata", headers: headers)
                #expect(answer.status == 400)
            }
        }
    }

    /// A head, or a body, that comes a byte now and then (Slowloris).
    @Test func slowClientsAreLetGo() async throws {
        try await TestServer.with({ options in
            options.configuration.limits.idleTimeout = .seconds(1)
            options.configuration.limits.bodyTimeout = .seconds(1)
        }) { server in
            for start in [
                "GET /fhir/metadata HTTP/1.1\r\nHost: h\r\n",
                "POST /fhir/Patient HTTP/1.1\r\nHost: h\r\nContent-Type: application/fhir+json\r\n"
                    + "Content-Length: 1000000\r\n\r\n",
            ] {
                let answer = try await Self.drip(start, to: server.client.port)
                #expect(!answer.contains("HTTP/1.1 2"), "\(answer)")
            }
            #expect(try await server.client.get("/health/live").status == 200)
        }
    }

    /// Sends a beginning, then a byte every tenth of a second until the server has enough of it.
    private static func drip(_ start: String, to port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let writer = Task {
                try await outbound.write(ByteBuffer(string: start))
                while !Task.isCancelled {
                    try await outbound.write(ByteBuffer(string: "x"))
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            defer { writer.cancel() }
            var answer: [UInt8] = []
            do {
                for try await chunk in inbound { answer += chunk.readableBytesView }
            } catch {}
            return String(decoding: answer, as: UTF8.self)
        }
    }

    @Test func oneAddressHasSoManyConnections() async throws {
        try await TestServer.with({ $0.configuration.limits.connectionCountPerAddress = 3 }) { server in
            let open = try await Self.connections(3, to: server.client.port)
            // Those that are there have to be known before the next one comes: each has had an answer.
            await #expect(throws: (any Error).self) { try await server.client.get("/health/live") }
            for channel in open { try await channel.close() }
            try await Self.retry { try await server.client.get("/health/live").status == 200 }
        }
    }

    private static func connections(_ count: Int, to port: Int) async throws -> [any Channel] {
        var channels: [any Channel] = []
        for _ in 0..<count {
            let answered = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(FirstBytes(answered))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            let request = ByteBuffer(string: "GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n")
            try await channel.writeAndFlush(request)
            try await answered.futureResult.get()
            channels.append(channel)
        }
        return channels
    }

    /// Tells when something came.
    private final class FirstBytes: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let promise: EventLoopPromise<Void>

        init(_ promise: EventLoopPromise<Void>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { promise.succeed() }

        func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
    }

    /// Until it holds: the server learns of closed connections a moment later.
    private static func retry(_ condition: () async throws -> Bool) async throws {
        while true {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
