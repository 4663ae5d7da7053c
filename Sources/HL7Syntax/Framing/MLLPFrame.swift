/// Minimal lower layer protocol: `0x0B message 0x1C 0x0D`. HL7 v2 MLLP release 1.
package enum MLLPFrame {
    package static let start: UInt8 = 0x0B
    package static let end: UInt8 = 0x1C
    package static let trailer: UInt8 = 0x0D

    /// The message inside a frame.
    package static func wrap(_ message: some Collection<UInt8>) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(message.count + 3)
        frame.append(start)
        frame += message
        frame.append(end)
        frame.append(trailer)
        return frame
    }
}
