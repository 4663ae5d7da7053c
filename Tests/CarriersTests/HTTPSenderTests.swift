import CarriersTesting
import Foundation
import JSONTape
import Logging
import Testing

@testable import Carriers

@Suite(.timeLimit(.minutes(5))) struct HTTPSenderTests {
    private let loop = TransferLoop()
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let body = Array(#"{"a":"ż"}"#.utf8)

    private func sender(_ sink: HTTPSink, _ change: (inout HTTPEndpoint) -> Void = { _ in }) throws -> HTTPSender {
        var endpoint = HTTPEndpoint(url: "http://127.0.0.1:\(sink.port)/send?key=topsecret")
        change(&endpoint)
        return try HTTPSender(endpoint, loop: loop, logger: logger)
    }

    private func failure(_ sender: HTTPSender) async throws -> CarrierError {
        do {
            let answer = try await sender.post(body, idempotencyKey: "k1")
            Issue.record("was taken: \(answer.status)")
            return CarrierError(.invalid, "")
        } catch let error as CarrierError { return error }
    }

    private func expect(_ code: CarrierError.Code, from sender: HTTPSender) async throws {
        let error = try await failure(sender)
        #expect(error.code == code)
    }

    @Test func requestsAreSigned() async throws {
        try await HTTPSink.with { sink in
            sink.answer(.status(202, body: #"{"id":"m-1"}"#))
            let sender = try sender(sink) {
                $0.headers = [.init("Authorization", "Bearer topsecret"), .init("X-Empty", "")]
                $0.signingKey = Secret("key")
            }
            let answer = try await sender.post(body, idempotencyKey: "notice-1")
            #expect(answer.status == 202 && String(decoding: answer.body, as: UTF8.self) == #"{"id":"m-1"}"#)
            let request = try #require(sink.requests.first)
            #expect(request.method == "POST" && request.path == "/send?key=topsecret")
            #expect(request.body == body)
            #expect(request.headers["content-type"] == "application/json")
            #expect(request.headers["idempotency-key"] == "notice-1")
            #expect(request.headers["authorization"] == "Bearer topsecret")
            #expect(request.headers["x-empty"] == "")
            #expect(request.headers["expect"] == nil)
            #expect(request.headers["x-martlet-signature"] == HTTPSignature.value(of: body, key: Secret("key")))
        }
    }

    /// RFC 4231, test case 2.
    @Test func signatureIsThatOfTheStandard() {
        #expect(
            HTTPSignature.value(of: Array("what do ya want for nothing?".utf8), key: Secret("Jefe"))
                == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func emptyBodiesArePosted() async throws {
        try await HTTPSink.with { sink in
            _ = try await sender(sink).post([], idempotencyKey: "k")
            #expect(sink.requests.map(\.body) == [[]])
            #expect(sink.requests[0].headers["content-length"] == "0")
        }
    }

    @Test(
        arguments: [
            (400, .refused), (401, .unauthorized), (403, .refused), (404, .refused), (408, .deferred), (409, .deferred),
            (410, .refused), (422, .refused), (425, .deferred), (429, .deferred), (500, .deferred), (502, .deferred),
            (503, .deferred), (504, .deferred), (301, .redirected), (302, .redirected), (304, .redirected),
        ] as [(Int, CarrierError.Code)])
    func statusesTellWhetherToTryAgain(_ status: Int, _ code: CarrierError.Code) async throws {
        try await HTTPSink.with { sink in
            let leak = "Bearer topsecret for sita@mail.example"
            sink.answer(.status(status, headers: ["Retry-After": "17", "Location": "/else"], body: leak))
            let error = try await failure(sender(sink))
            #expect(error.code == code && error.status == status)
            #expect(error.isPermanent == (code == .refused))
            #expect(error.retryAfterSeconds == (code == .deferred ? 17 : nil))
            #expect(error.mayHaveArrived == (status >= 500 && status != 503))
            #expect(!"\(error)".contains("secret") && !"\(error)".contains("sita"))
            #expect(sink.requests.count == 1)
        }
    }

    @Test func redirectsStayOnTheServer() async throws {
        try await HTTPSink.with { sink in
            sink.answer(.status(307, headers: ["Location": "/other"]), .status(308, headers: ["Location": "third"]))
            _ = try await sender(sink).post(body, idempotencyKey: "k")
            #expect(sink.requests.map(\.path) == ["/send?key=topsecret", "/other", "/third"])
            #expect(sink.requests.allSatisfy { $0.body == body && $0.headers["idempotency-key"] == "k" })
            try await HTTPSink.with { other in
                sink.answer(.status(307, headers: ["Location": "http://127.0.0.1:\(other.port)/"]))
                try await expect(.redirected, from: sender(sink))
                sink.answer(.status(307, headers: ["Location": "http://localhost:\(sink.port)/"]))
                try await expect(.redirected, from: sender(sink))
                sink.answer(.status(307, headers: ["Location": "file:///etc/hostname"]))
                try await expect(.redirected, from: sender(sink))
                #expect(other.requests.isEmpty)
            }
            let count = sink.requests.count
            for _ in 0..<9 { sink.answer(.status(307, headers: ["Location": "/again"])) }
            try await expect(.redirected, from: sender(sink))
            #expect(sink.requests.count == count + 4)
        }
    }

    @Test func lostAnswersAreUncertain() async throws {
        try await HTTPSink.with { sink in
            sink.answer(.drop)
            let dropped = try await failure(sender(sink))
            #expect(dropped.code == .interrupted && dropped.mayHaveArrived)
            sink.answer(.silence)
            let silent = try await failure(sender(sink) { $0.timeoutSeconds = 1 })
            #expect(silent.code == .timedOut && silent.mayHaveArrived)
        }
        let port = try await HTTPSink.with { $0.port }
        let nobody = try await failure(
            HTTPSender(HTTPEndpoint(url: "http://127.0.0.1:\(port)/"), loop: loop, logger: logger))
        #expect(nobody.code == .unreachable && !nobody.mayHaveArrived && !nobody.isPermanent)
    }

    @Test func certificatesAreChecked() async throws {
        guard let certificates = try SinkCertificates.make() else { return }
        defer { certificates.remove() }
        try await HTTPSink.with(tls: try certificates.context()) { sink in
            let url = "https://127.0.0.1:\(sink.port)/"
            var endpoint = HTTPEndpoint(url: url)
            try await expect(.insecure, from: HTTPSender(endpoint, loop: loop, logger: logger))
            endpoint.authorities = certificates.authority
            let sender = try HTTPSender(endpoint, loop: loop, logger: logger)
            #expect(try await sender.post(body, idempotencyKey: "k").status == 200)
            #expect(sink.requests.count == 1)
            // Down to plain text on the same port is another origin.
            sink.answer(.status(307, headers: ["Location": "http://127.0.0.1:\(sink.port)/"]))
            try await expect(.redirected, from: sender)
        }
    }

    @Test func answersAreCut() async throws {
        try await HTTPSink.with { sink in
            sink.answer(.status(200, body: String(repeating: "x", count: 1 << 20)))
            let taken = try await sender(sink).post(body, idempotencyKey: "k")
            #expect(taken.body.count == 64 << 10)
        }
    }

    @Test(arguments: [
        "", "127.0.0.1", "ftp://h/", "file:///etc/hostname", "http://", "http://user:pw@h/", "http://h/a b",
        "http://h/\r\nX: y",
    ])
    func otherURLsAreRefused(_ url: String) {
        #expect { try HTTPSender(HTTPEndpoint(url: url), loop: loop, logger: logger) } throws: {
            ($0 as? CarrierError)?.code == .invalid
        }
    }

    @Test(arguments: [
        ("X-A", "b\r\nX-C: d"), ("X-A", "ż"), ("X A", "b"), ("X-A:", "b"), ("", "b"), ("Host", "x"),
        ("Idempotency-Key", "x"), ("content-length", "1"), ("X-A", " b"),
    ])
    func otherHeadersAreRefused(_ name: String, _ value: String) {
        let endpoint = HTTPEndpoint(url: "http://h/", headers: [.init(name, value)])
        #expect { try HTTPSender(endpoint, loop: loop, logger: logger) } throws: {
            ($0 as? CarrierError)?.code == .invalid
        }
    }

    @Test(arguments: ["", "a b", "a\r\nb", "ż", String(repeating: "x", count: 256)])
    func otherKeysAreRefused(_ key: String) async throws {
        try await HTTPSink.with { sink in
            let sender = try sender(sink)
            await #expect(throws: CarrierError.self) { try await sender.post(body, idempotencyKey: key) }
            #expect(sink.requests.isEmpty)
        }
    }

    @Test func endpointsDoNotTellTheirSecrets() {
        let endpoint = HTTPEndpoint(
            url: "https://h/topsecret", headers: [.init("Authorization", "topsecret")], signingKey: Secret("topsecret"))
        var dumped = ""
        dump(endpoint, to: &dumped)
        for text in ["\(endpoint)", String(reflecting: endpoint), dumped] { #expect(!text.contains("topsecret")) }
    }

    // MARK: - Notices

    private let notice = Notice(
        id: "n-1", recipient: "+9771555", subject: "S", text: "He said \"ten\"\n\u{1}żółć", createdSeconds: 0)

    @Test func noticesAreJSON() async throws {
        try await HTTPSink.with { sink in
            sink.answer(.status(200, body: #"{"sid":"SM1","x":1}"#), .status(200, body: #"{"id":77}"#), .status(204))
            let carrier: any MessageCarrier = HTTPCarrier(try sender(sink), name: "sms")
            #expect(try await carrier.send(notice) == CarrierReceipt(status: 200, reference: "SM1"))
            #expect(try await carrier.send(notice) == CarrierReceipt(status: 200, reference: "77"))
            #expect(try await carrier.send(notice) == CarrierReceipt(status: 204))
            let root = try JSONNode(Document.parse(sink.requests[0].body))
            #expect(root["to"]?.string == "+9771555" && root["text"]?.string == notice.text)
            #expect(root["id"]?.string == "n-1" && root["subject"]?.string == "S")
            #expect(Set(sink.requests.map { $0.headers["idempotency-key"] }) == ["n-1"])
        }
    }

    @Test func providersHaveTheirOwnShapes() async throws {
        let template =
            #"{"from":"Clinic","messages":[{"number":"{{to}}","body":"{{subject}}: {{text}}"}],"ref":"{{id}}"}"#
        let payload = try NoticePayload(template: template)
        let root = try JSONNode(Document.parse(payload.body(notice)))
        #expect(root["messages"]?.elements.first { _ in true }?["body"]?.string == "S: " + notice.text)
        #expect(root["ref"]?.string == "n-1")
    }

    @Test(arguments: ["", "{{to}}", #"{"a":{{text}}}"#, #"{"a":"{{name}}"}"#, #"{"a":"{{to"}"#, #"{"a":"{{to}}""#])
    func templatesMustBecomeJSON(_ template: String) {
        #expect { try NoticePayload(template: template) } throws: { ($0 as? CarrierError)?.code == .invalid }
    }
}
