/// The two sides of a request and answer protocol, as the load loop needs them.
protocol Exchange {
    /// Appends the next request to send on a connection.
    mutating func appendRequest(to output: inout [UInt8], connection: Int)

    /// Looks for one whole answer at the start of the bytes received so far on a connection; nil while incomplete.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, connection: Int) -> Answer?
}

/// A whole answer.
struct Answer {
    /// Bytes that it takes.
    var byteCount: Int
    /// What the answer says: an HTTP status, or 200 and 500 for an MLLP acknowledgement that is positive or not.
    var status: Int
    var isExpected: Bool
    /// Which of several kinds of request it answers, from 0.
    var shape = 0
}
