import Foundation
import NIOCore
import NIOSSL

/// One connection to the sink (RFC 5321, RFC 3207, RFC 4954).
final class SMTPSession: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let sink: SMTPSink
    private var pending: [UInt8] = []
    private var isInData = false
    private var isSilent = false
    private var isEncrypted: Bool
    /// The line that comes next answers AUTH.
    private var expectsCredentials = false
    private var message: SMTPSink.Message

    init(_ sink: SMTPSink) {
        self.sink = sink
        isEncrypted = sink.options.isImplicitTLS
        message = Self.empty()
    }

    private static func empty() -> SMTPSink.Message {
        SMTPSink.Message(clientName: "", isEncrypted: false, sender: "", recipients: [], data: [])
    }

    func channelActive(context: ChannelHandlerContext) {
        sink.recordConnection()
        step(.greeting, context) { say("220 sink.example ESMTP", context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pending += Self.unwrapInboundIn(data).readableBytesView
        while !isSilent, let end = pending.firstIndex(of: 0x0A) {
            var line = Array(pending[...end])
            pending.removeFirst(end + 1)
            if isInData {
                take(line, context)
            } else {
                line.removeAll { $0 == 0x0D || $0 == 0x0A }
                command(String(decoding: line, as: UTF8.self), context)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func command(_ line: String, _ context: ChannelHandlerContext) {
        if expectsCredentials { return authenticate(line, context) }
        switch line.split(separator: " ").first?.uppercased() {
        case "EHLO", "HELO": hello(line, context)
        case "STARTTLS": step(.startTLS, context) { startTLS(context) }
        case "AUTH": step(.authentication, context) { beginAuthentication(line, context) }
        case "MAIL":
            guard sink.options.account == nil || message.user != nil else {
                return say("530 5.7.0 Authentication required", context)
            }
            message.sender = Self.path(line)
            message.recipients = []
            step(.sender, context) { say("250 2.1.0 Ok", context) }
        case "RCPT":
            step(.recipient, context) {
                message.recipients.append(Self.path(line))
                say("250 2.1.5 Ok", context)
            }
        case "DATA":
            step(.data, context) {
                isInData = true
                message.data = []
                say("354 Go ahead", context)
            }
        case "RSET": say("250 2.0.0 Ok", context)
        case "QUIT":
            say("221 2.0.0 Bye", context)
            context.close(promise: nil)
        default: say("500 5.5.1 Unknown command", context)
        }
    }

    private func hello(_ line: String, _ context: ChannelHandlerContext) {
        message = Self.empty()
        message.clientName = String(line.dropFirst(5))
        message.isEncrypted = isEncrypted
        var offers = ["sink.example", "8BITMIME", "ENHANCEDSTATUSCODES"]
        if sink.options.tls != nil, !isEncrypted { offers.append("STARTTLS") }
        if sink.options.account != nil { offers.append("AUTH PLAIN") }
        let lines = offers.enumerated().map { index, offer in
            "250\(index == offers.count - 1 ? " " : "-")\(offer)"
        }
        step(.hello, context) { say(lines.joined(separator: "\r\n"), context) }
    }

    private func startTLS(_ context: ChannelHandlerContext) {
        guard let tls = sink.options.tls, !isEncrypted else { return say("503 5.5.1 Not now", context) }
        say("220 2.0.0 Go ahead", context)
        isEncrypted = true
        // What came in clear behind the command must not count (RFC 3207 §6).
        pending = []
        try? context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
    }

    private func beginAuthentication(_ line: String, _ context: ChannelHandlerContext) {
        let words = line.split(separator: " ")
        if words.count > 2 { return authenticate(String(words[2]), context) }
        expectsCredentials = true
        say("334 ", context)
    }

    /// RFC 4616: two zero bytes part identity, user and password.
    private func authenticate(_ line: String, _ context: ChannelHandlerContext) {
        expectsCredentials = false
        let parts = (Data(base64Encoded: line) ?? Data()).split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3, let account = sink.options.account, parts[1] == account.user,
            parts[2] == account.password
        else { return say("535 5.7.8 Authentication failed", context) }
        (message.user, message.password) = (parts[1], parts[2])
        say("235 2.7.0 Ok", context)
    }

    /// A line of the message; one dot alone ends it (RFC 5321 §4.5.2).
    private func take(_ line: [UInt8], _ context: ChannelHandlerContext) {
        let dot = UInt8(ascii: ".")
        guard line == [dot, 0x0D, 0x0A] else {
            message.data += line.first == dot ? line.dropFirst() : line[...]
            return
        }
        isInData = false
        switch sink.action(.content) {
        case .reply(let text): say(text, context)
        case .drop:
            sink.record(message)
            context.close(promise: nil)
        case .silence:
            sink.record(message)
            isSilent = true
        case nil:
            sink.record(message)
            say("250 2.0.0 Ok: queued as M\(sink.messages.count)", context)
        }
    }

    private func step(_ step: SMTPSink.Step, _ context: ChannelHandlerContext, accept: () -> Void) {
        switch sink.action(step) {
        case .reply(let text): say(text, context)
        case .drop: context.close(promise: nil)
        case .silence: isSilent = true
        case nil: accept()
        }
    }

    private func say(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }

    /// What stands in angle brackets.
    private static func path(_ line: String) -> String {
        String(line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
    }
}
