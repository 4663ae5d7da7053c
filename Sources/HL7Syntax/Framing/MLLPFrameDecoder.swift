internal import Glibc

/// Finds frames in a stream of bytes, however they are cut. Pure: bytes in, events out.
///
///               ┌───────────── anything else: junk
///               ▼
///          ┌─ between ──0x0B──▶ inside ──0x1C──▶ trailer ──0x0D, 0x0A──▶ frame, between
///          │                     ▲  │               │ ├──0x0B──▶ frame, inside (lone 0x1C)
///          │                     └──┼── other byte ─┘ └──silence──▶ frame, between (lone 0x1C)
///          │                        │ too large
///          └──0x1C 0x0D── discarding ◀┘   keeps the head, counts the rest
///
/// Each byte is looked at once: the search for the end goes on where the last chunk stopped.
package struct MLLPFrameDecoder: Sendable {
    package enum Event: Sendable, Hashable {
        /// One message. `isTrailerMissing`: it ended with a lone 0x1C, worth a warning.
        case frame([UInt8], isTrailerMissing: Bool)
        /// Larger than the limit: its first bytes, and how many it had in all.
        case oversized(head: [UInt8], byteCount: Int)
        /// A frame that never ended: a new one began, or the connection closed.
        case truncated([UInt8])
        /// Bytes outside frames, other than line ends; `head` has at most 64 of them.
        case junk(head: [UInt8], byteCount: Int)
    }

    private enum State: Sendable { case between, inside, trailer }

    /// Bytes of one message at most.
    package let frameByteLimit: Int
    /// Bytes kept of one that is larger.
    package static let headByteCount = 64 * 1024

    private var state = State.between
    private var buffer: [UInt8] = []
    /// All bytes of the frame so far, kept or not.
    private var byteCount = 0

    package init(frameByteLimit: Int = 16 * 1024 * 1024) {
        self.frameByteLimit = frameByteLimit
    }

    /// Inside a frame, so that the end of the connection would lose something.
    package var isInsideFrame: Bool { state != .between }

    /// 0x1C was the last byte: after a while of silence the frame is complete without its 0x0D.
    package var isAwaitingTrailer: Bool { state == .trailer }

    /// Takes the next bytes and hands out what they complete, in order.
    package mutating func receive(_ chunk: UnsafeRawBufferPointer, _ emit: (Event) -> Void) {
        let bytes = chunk.assumingMemoryBound(to: UInt8.self)
        var position = 0
        while position < bytes.count {
            switch state {
            case .between:
                position = skipToStart(bytes, from: position, emit)
            case .inside:
                position = readToEnd(bytes, from: position)
            case .trailer:
                let byte = bytes[position]
                switch byte {
                case MLLPFrame.trailer, 0x0A:
                    position += 1
                    finish(isTrailerMissing: byte != MLLPFrame.trailer, emit)
                case MLLPFrame.start:
                    finish(isTrailerMissing: true, emit)
                default:
                    // A 0x1C in the text itself; it belongs to the message.
                    append(CollectionOfOne(MLLPFrame.end))
                    state = .inside
                }
            }
        }
    }

    /// The same for bytes in an array.
    package mutating func receive(_ chunk: [UInt8]) -> [Event] {
        var events: [Event] = []
        chunk.withUnsafeBytes { bytes in receive(bytes) { events.append($0) } }
        return events
    }

    /// Nothing came for a while: completes a frame that lacks only its last byte.
    package mutating func noteSilence(_ emit: (Event) -> Void) {
        if state == .trailer { finish(isTrailerMissing: true, emit) }
    }

    /// No more bytes will come.
    package mutating func finish(_ emit: (Event) -> Void) {
        switch state {
        case .between: break
        case .trailer: finish(isTrailerMissing: true, emit)
        case .inside:
            if byteCount > 0 { emit(.truncated(buffer)) }
            reset()
        }
    }

    private mutating func skipToStart(
        _ bytes: UnsafeBufferPointer<UInt8>, from position: Int, _ emit: (Event) -> Void
    ) -> Int {
        let found = Self.index(of: MLLPFrame.start, in: bytes, from: position)
        let junk = bytes[position..<(found ?? bytes.count)].filter { $0 != 0x0D && $0 != 0x0A }
        if !junk.isEmpty { emit(.junk(head: Array(junk.prefix(64)), byteCount: junk.count)) }
        guard let found else { return bytes.count }
        state = .inside
        return found + 1
    }

    private mutating func readToEnd(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int) -> Int {
        let found = Self.index(of: MLLPFrame.end, in: bytes, from: position)
        append(bytes[position..<(found ?? bytes.count)])
        guard let found else { return bytes.count }
        state = .trailer
        return found + 1
    }

    /// Past the limit only the head stays in memory.
    private mutating func append(_ bytes: some Collection<UInt8>) {
        byteCount += bytes.count
        if byteCount <= frameByteLimit {
            buffer.append(contentsOf: bytes)
        } else if buffer.count < Self.headByteCount {
            buffer.append(contentsOf: bytes.prefix(Self.headByteCount - buffer.count))
        } else if buffer.count > Self.headByteCount {
            buffer = Array(buffer.prefix(Self.headByteCount))
        }
    }

    private mutating func finish(isTrailerMissing: Bool, _ emit: (Event) -> Void) {
        defer { reset() }
        guard byteCount <= frameByteLimit else { return emit(.oversized(head: buffer, byteCount: byteCount)) }
        // A second start inside means that the first frame never ended. A start byte alone in text is left there.
        var begin = 0
        while let restart = Self.restart(in: buffer, from: begin) {
            if restart > begin { emit(.truncated(Array(buffer[begin..<restart]))) }
            begin = restart + 1
        }
        emit(.frame(begin == 0 ? buffer : Array(buffer[begin...]), isTrailerMissing: isTrailerMissing))
    }

    private mutating func reset() {
        state = .between
        buffer = []
        byteCount = 0
    }

    /// Where `0x0B MSH`, `0x0B FHS` or `0x0B BHS` stands in `buffer`, or a start byte in front of everything.
    private static func restart(in buffer: [UInt8], from begin: Int) -> Int? {
        buffer.withUnsafeBufferPointer { bytes in
            var position = begin
            while let found = index(of: MLLPFrame.start, in: bytes, from: position) {
                let rest = bytes[(found + 1)...]
                let isHeader = ["MSH", "FHS", "BHS"].contains { rest.starts(with: $0.utf8) }
                if isHeader || found == begin { return found }
                position = found + 1
            }
            return nil
        }
    }

    private static func index(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from position: Int) -> Int? {
        guard let base = bytes.baseAddress, position < bytes.count else { return nil }
        let start = UnsafeRawPointer(base + position)
        guard let found = memchr(start, Int32(byte), bytes.count - position) else { return nil }
        return position + (UnsafeRawPointer(found) - start)
    }
}
