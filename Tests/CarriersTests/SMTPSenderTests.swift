import CarriersTesting
import Foundation
import Logging
import Testing

@testable import Carriers

@Suite(.timeLimit(.minutes(5))) struct SMTPSenderTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func sender(
        _ sink: SMTPSink, _ change: (inout SMTPConfiguration) -> Void = { _ in }
    ) throws -> SMTPSender {
        var configuration = SMTPConfiguration(host: "127.0.0.1", port: sink.port, security: .none)
        configuration.clientName = "clinic.example"
        // Tests about time say how much; the others must not fail for want of it.
        configuration.timeoutSeconds = 240
        change(&configuration)
        return try SMTPSender(configuration, logger: logger)
    }

    private func mail(_ number: Int = 1, text: String = "Your appointment is tomorrow.") throws -> Mail {
        Mail(
            from: try MailAddress("clinic@clinic.example", name: "Clinic"),
            to: [try MailAddress("sita@mail.example")], subject: "Reminder", text: text,
            messageID: "n\(number)@clinic.example", dateSeconds: 1_777_881_600)
    }

    private func expect(_ code: CarrierError.Code, from sender: SMTPSender) async throws {
        let error = try await failure(sender)
        #expect(error.code == code)
    }

    /// The error of a sending, which has to fail.
    private func failure(_ sender: SMTPSender) async throws -> CarrierError {
        do {
            let receipt = try await sender.send(mail())
            Issue.record("was taken: \(receipt)")
            return CarrierError(.invalid, "")
        } catch let error as CarrierError { return error }
    }

    @Test func mailArrivesAsItIs() async throws {
        try await SMTPSink.with { sink in
            let text = "First line\n.hidden dot\n..two\n.\nlast — żółć"
            var mail = try mail(text: text)
            mail.to.append(try MailAddress("ram@mail.example"))
            let receipt = try await sender(sink).send(mail)
            #expect(receipt == CarrierReceipt(status: 250, reference: "Ok: queued as M1"))
            let message = try #require(sink.messages.first)
            let rendered = try mail.rendered()
            #expect(message.data == rendered)
            #expect(message.sender == "clinic@clinic.example")
            #expect(message.recipients == ["sita@mail.example", "ram@mail.example"])
            #expect(message.clientName == "clinic.example")
            #expect(message.user == nil && !message.isEncrypted)
            #expect(sink.messages.count == 1)
        }
    }

    static let refusals: [(SMTPSink.Step, String, CarrierError.Code, String?)] = [
        (.greeting, "554 5.3.2 No service", .refused, "5.3.2"), (.greeting, "421 Busy", .deferred, nil),
        (.sender, "550 5.7.1 Not you", .refused, "5.7.1"), (.sender, "451 4.3.0 Later", .deferred, "4.3.0"),
        (.recipient, "550 5.1.1 No such user sita@mail.example", .refused, "5.1.1"),
        (.recipient, "450 4.2.1 Greylisted", .deferred, "4.2.1"), (.data, "554 5.5.1 No", .refused, "5.5.1"),
        (.data, "452 4.3.1 Full", .deferred, "4.3.1"), (.content, "552 5.3.4 Too big", .refused, "5.3.4"),
        (.content, "451 4.3.0 Try again", .deferred, "4.3.0"), (.sender, "530 5.7.0 Sign in", .unauthorized, "5.7.0"),
    ]

    @Test(arguments: refusals)
    func refusalsTellWhetherToTryAgain(
        _ step: SMTPSink.Step, _ reply: String, _ code: CarrierError.Code, _ enhanced: String?
    ) async throws {
        try await SMTPSink.with { sink in
            sink.once(step, .reply(reply))
            let error = try await failure(sender(sink))
            #expect(error.code == code)
            #expect(error.status == Int(reply.prefix(3)))
            #expect(error.enhancedStatus == enhanced)
            #expect(error.isPermanent == (code == .refused))
            #expect(!error.mayHaveArrived)
            #expect(!"\(error)".contains("sita"))
            #expect(sink.messages.isEmpty)
            // The next one has no memory of it.
            let taken = try await sender(sink).send(mail())
            #expect(taken.status == 250)
        }
    }

    @Test(
        arguments: [
            (.greeting, false), (.hello, false), (.sender, false), (.recipient, false), (.data, false),
            (.content, true),
        ] as [(SMTPSink.Step, Bool)])
    func lostConnectionsTellWhatIsKnown(_ step: SMTPSink.Step, _ mayHaveArrived: Bool) async throws {
        try await SMTPSink.with { sink in
            sink.once(step, .drop)
            let error = try await failure(sender(sink))
            #expect(error.code == .interrupted)
            #expect(!error.isPermanent)
            #expect(error.mayHaveArrived == mayHaveArrived)
        }
    }

    @Test(arguments: [(.greeting, false), (.recipient, false), (.content, true)] as [(SMTPSink.Step, Bool)])
    func silentServersAreLeft(_ step: SMTPSink.Step, _ mayHaveArrived: Bool) async throws {
        try await SMTPSink.with { sink in
            sink.once(step, .silence)
            let error = try await failure(sender(sink) { $0.timeoutSeconds = 1 })
            #expect(error.code == .timedOut)
            #expect(error.mayHaveArrived == mayHaveArrived)
        }
    }

    @Test func nobodyThereIsTemporary() async throws {
        let port = try await SMTPSink.with { $0.port }
        let configuration = SMTPConfiguration(host: "127.0.0.1", port: port, security: .none)
        let error = try await failure(SMTPSender(configuration, logger: logger))
        #expect(error.code == .unreachable && !error.isPermanent && !error.mayHaveArrived)
    }

    @Test func usersSignIn() async throws {
        try await SMTPSink.with(.init(account: ("clinic", "s3cret-pass"))) { sink in
            _ = try await sender(sink) { ($0.user, $0.password) = ("clinic", Secret("s3cret-pass")) }.send(mail())
            #expect(sink.messages.map(\.user) == ["clinic"])
            let error = try await failure(sender(sink) { ($0.user, $0.password) = ("clinic", Secret("wrong-pass")) })
            #expect(error.code == .unauthorized && !error.isPermanent)
            #expect(!"\(error)".contains("wrong"))
            try await expect(.unauthorized, from: sender(sink))
            #expect(sink.messages.count == 1)
        }
    }

    @Test func encryptionIsDemanded() async throws {
        guard let certificates = try SinkCertificates.make() else { return }
        defer { certificates.remove() }
        try await SMTPSink.with(.init(tls: try certificates.context())) { sink in
            let trusting = try sender(sink) {
                ($0.security, $0.authorities) = (.startTLS, certificates.authority)
            }
            _ = try await trusting.send(mail())
            #expect(sink.messages.map(\.isEncrypted) == [true])
            // The system's authorities do not know this one.
            try await expect(.insecure, from: sender(sink) { $0.security = .startTLS })
            try await expect(.insecure, from: sender(sink) { $0.security = .opportunistic })
            let misnamed = try sender(sink) {
                ($0.host, $0.security, $0.authorities) = ("localhost", .startTLS, certificates.authority)
            }
            try await expect(.insecure, from: misnamed)
            #expect(sink.messages.count == 1)
        }
        try await SMTPSink.with(.init(tls: try certificates.context(), isImplicitTLS: true)) { sink in
            _ = try await sender(sink) { ($0.security, $0.authorities) = (.tls, certificates.authority) }.send(mail())
            #expect(sink.messages.map(\.isEncrypted) == [true])
        }
        try await SMTPSink.with { sink in
            try await expect(.insecure, from: sender(sink) { $0.security = .startTLS })
            try await expect(.insecure, from: sender(sink) { $0.security = .tls })
            #expect(sink.messages.isEmpty)
            let taken = try await sender(sink) { $0.security = .opportunistic }.send(mail())
            #expect(taken.status == 250)
        }
    }

    @Test func manyShareFewConnections() async throws {
        try await SMTPSink.with { sink in
            let configuration = SMTPConfiguration(host: "127.0.0.1", port: sink.port, security: .none)
            let sender = try SMTPSender(configuration, limits: .init(active: 3, waiting: 1000), logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 { group.addTask { _ = try await sender.send(mail(number)) } }
                try await group.waitForAll()
            }
            #expect(sink.messages.count == 60)
            #expect(Set(sink.messages.map(\.text)).count == 60)
            #expect(sink.connectionCount < 30)
        }
    }

    @Test func cancellingEndsTheWait() async throws {
        try await SMTPSink.with { sink in
            sink.always(.content, .silence)
            let sender = try sender(sink) { $0.timeoutSeconds = 600 }
            let task = Task { try await sender.send(mail()) }
            while sink.messages.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            // One that is cancelled before it begins sends nothing.
            let early = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await sender.send(mail())
            }
            early.cancel()
            await #expect(throws: CancellationError.self) { try await early.value }
            #expect(sink.messages.count == 1)
        }
    }

    @Test func tooManyAreTurnedAway() async throws {
        try await SMTPSink.with { sink in
            sink.always(.greeting, .silence)
            var configuration = SMTPConfiguration(host: "127.0.0.1", port: sink.port, security: .none)
            configuration.timeoutSeconds = 600
            let sender = try SMTPSender(configuration, limits: .init(active: 1, waiting: 1), logger: logger)
            await withTaskGroup(of: CarrierError.Code?.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        do { _ = try await sender.send(mail(number)) } catch { return (error as? CarrierError)?.code }
                        return nil
                    }
                }
                // At least three of six find neither a place nor a turn; the others wait for ever.
                for _ in 0..<3 { #expect(await group.next() == CarrierError.Code.overloaded) }
                group.cancelAll()
            }
        }
    }

    @Test func noticesAreMail() async throws {
        try await SMTPSink.with { sink in
            let carrier = SMTPCarrier(try sender(sink), from: try MailAddress("clinic@clinic.example", name: "Clinic"))
            let notice = Notice(
                id: "reminder-7.2", recipient: "sita@mail.example", subject: "Żółć", text: "Tomorrow at 10.",
                createdSeconds: 1_777_881_600)
            for _ in 0..<2 { _ = try await carrier.send(notice) }
            #expect(sink.messages.count == 2)
            #expect(sink.messages[0].data == sink.messages[1].data)
            #expect(sink.messages[0].text.contains("Message-ID: <reminder-7=2@clinic.example>\r\n"))
            #expect(sink.messages[0].text.contains("Auto-Submitted: auto-generated\r\n"))
            for change in ["a b", "", "a@b", "ż", String(repeating: "x", count: 129)] {
                var bad = notice
                bad.id = change
                await #expect(throws: CarrierError.self) { try await carrier.send(bad) }
            }
            var bad = notice
            bad.recipient = "sita@mail.example\r\nRCPT TO:<x@y.example>"
            await #expect(throws: CarrierError.self) { try await carrier.send(bad) }
            #expect(sink.messages.count == 2)
        }
    }

    @Test func configurationsComeFromURLs() throws {
        let full = try SMTPConfiguration(url: "smtp://clinic%40x:p%3Aw@mail.example:2525")
        #expect(full.host == "mail.example" && full.port == 2525 && full.security == .startTLS)
        #expect(full.user == "clinic@x" && full.password?.value == "p:w")
        #expect(!"\(full)".contains("p:w"))
        #expect(try SMTPConfiguration(url: "smtps://mail.example").port == 465)
        #expect(try SMTPConfiguration(url: "smtps://mail.example").security == .tls)
        #expect(try SMTPConfiguration(url: "smtp://127.0.0.1:25?tls=none").security == .none)
        #expect(try SMTPConfiguration(url: "smtp://[::1]?tls=opportunistic").security == .opportunistic)
        for url in [
            "", "mail.example", "http://mail.example", "smtp://", "smtp://h/path", "smtp://h?tls=x", "smtp://h h",
        ] {
            #expect { try SMTPConfiguration(url: url) } throws: { ($0 as? CarrierError)?.code == .invalid }
        }
    }

    @Test(arguments: ["", "a b", "a/b", "a?b", "a#b", "a\r\nb", "a%20b", "u:p@h@i"])
    func hostsThatAreNoneAreRefused(_ host: String) {
        #expect { try SMTPSender(SMTPConfiguration(host: host), logger: logger) } throws: {
            ($0 as? CarrierError)?.code == .invalid
        }
    }
}
