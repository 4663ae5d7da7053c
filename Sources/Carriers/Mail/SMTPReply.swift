/// What the end of an exchange with a mail server means.
struct SMTPReply {
    /// Nil if the message was taken.
    var error: CarrierError?
    /// What the server said at the end, without its codes.
    var reference: String?

    init(_ result: TransferResult) {
        let line = ReplyLine(result.lastLine)
        switch result.fault {
        case nil: break
        case .unauthorized: error = Self.unauthorized(result.status, line)
        case .unreachable: error = CarrierError(.unreachable, "no connection to the mail server")
        case .insecure: error = CarrierError(.insecure, "no safe connection to the mail server")
        case .invalid: error = CarrierError(.invalid, "the mail server's address cannot be used")
        case .timedOut:
            error = CarrierError(
                .timedOut, "the mail server took too long", mayHaveArrived: result.wasSent && result.status < 400)
        case .interrupted: error = Self.refusal(result, line)
        }
        if error == nil { reference = line.reference }
    }

    /// libcurl tells refusals by different codes, depending on the step; the status tells what it was.
    private static func refusal(_ result: TransferResult, _ line: ReplyLine) -> CarrierError {
        switch result.status {
        case 530, 534, 535, 538: unauthorized(result.status, line)
        case 400..<500:
            CarrierError(
                .deferred, "the mail server asks to try later", status: result.status, enhancedStatus: line.enhanced)
        case 500..<600:
            CarrierError(
                .refused, "the mail server refused the message", status: result.status, enhancedStatus: line.enhanced)
        default:
            CarrierError(
                .interrupted, "the connection to the mail server went away", mayHaveArrived: result.wasSent)
        }
    }

    private static func unauthorized(_ status: Int, _ line: ReplyLine) -> CarrierError {
        CarrierError(
            .unauthorized, "the mail server wants another user or password", status: status > 0 ? status : nil,
            enhancedStatus: line.enhanced)
    }
}

/// The last line of a reply (RFC 5321 §4.2), such as `250 2.0.0 Ok: queued as 4F3A`.
struct ReplyLine {
    /// Class, subject and detail (RFC 3463).
    var enhanced: String?
    var reference: String?

    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes.filter { 0x20...0x7E ~= $0 }, as: UTF8.self)
        guard text.count >= 4 else { return }
        var rest = text.dropFirst(4)
        let word = rest.prefix { $0 != " " }
        let numbers = word.split(separator: ".", omittingEmptySubsequences: false)
        if numbers.count == 3, word.count <= 9, numbers.allSatisfy({ UInt16($0) != nil }) {
            enhanced = String(word)
            rest = rest.dropFirst(word.count).drop { $0 == " " }
        }
        if !rest.isEmpty { reference = String(rest.prefix(200)) }
    }
}
