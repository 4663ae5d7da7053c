import Foundation
import JSONTape
import Logging
import Testing

@testable import Carriers

/// A mail server and a mail parser that others wrote.
@Suite(.timeLimit(.minutes(5))) struct ForeignSinkTests {
    @Test func pythonReadsWhatWeSend() async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Sinks/python_sink.py").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // Without its warning that the module has been replaced.
        process.arguments = ["python3", "-W", "ignore", script]
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        try process.run()
        defer {
            // Children are born with the signals blocked that our threads block; this one cannot be.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        var lines = output.fileHandleForReading.bytes(upTo: 1 << 16)
        guard let port = lines.next().flatMap({ Int($0) }) else {
            print("pythonReadsWhatWeSend: skipped, because python3 or its smtpd is not there")
            return
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let sender = try SMTPSender(
            SMTPConfiguration(host: "127.0.0.1", port: port, security: .none), logger: logger)
        let text = "Dear सीता,\n.this line begins with a dot\nżółć = bile\n"
        let mail = Mail(
            from: try MailAddress("clinic@clinic.example", name: "Klinika „Żuraw”, Łódź"),
            to: [try MailAddress("sita@mail.example", name: "सीता शर्मा"), try MailAddress("ram@mail.example")],
            subject: "तपाईंको भेटघाट भोलि बिहान १० बजे छ — please come in time, zażółć gęślą jaźń", text: text,
            messageID: "n-1@clinic.example", dateSeconds: 1_777_881_600,
            headers: [.init("Auto-Submitted", "auto-generated")])
        #expect(try await sender.send(mail).status == 250)
        let line = lines.next()
        let root = try JSONNode(Document.parse(Array(#require(line).utf8)))
        #expect(root["sender"]?.string == "clinic@clinic.example")
        #expect(root["subject"]?.string == mail.subject)
        #expect(root["from"]?.string == mail.from.name)
        #expect(root["address"]?.string == "clinic@clinic.example")
        #expect(root["to"]?.elements.map(\.string) == ["sita@mail.example", "ram@mail.example"])
        #expect(root["recipients"]?.elements.map(\.string) == ["sita@mail.example", "ram@mail.example"])
        #expect(root["messageID"]?.string == "<n-1@clinic.example>")
        #expect(root["date"]?.string == "2026-05-04T08:00:00+00:00")
        #expect(root["defects"]?.count == 0)
        // The server takes the last line end away.
        #expect(root["text"]?.string == String(text.dropLast()))
    }
}

/// Lines as they come; ends with the output.
private struct OutputLines: IteratorProtocol {
    let handle: FileHandle
    let limit: Int
    private var rest = Data()

    init(handle: FileHandle, limit: Int) {
        self.handle = handle
        self.limit = limit
    }

    mutating func next() -> String? {
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest = Data(rest[(end + 1)...])
                return line
            }
            let more = handle.availableData
            if more.isEmpty || rest.count > limit { return nil }
            rest += more
        }
    }
}

extension FileHandle {
    fileprivate func bytes(upTo limit: Int) -> OutputLines { OutputLines(handle: self, limit: limit) }
}
