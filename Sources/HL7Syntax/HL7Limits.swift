/// What one message may cost. Every bound answers something a sender controls.
package struct HL7Limits: Sendable, Hashable {
    /// Bytes of one message, before decoding. Default 256 MiB: listeners have limits of their own, which are lower.
    package var messageByteCount: Int = 256 * 1024 * 1024
    /// Segments in one message. Default 50,000.
    package var segmentCount: Int = 50_000
    /// Fields in one message, over all segments. Default 1,000,000.
    package var fieldCount: Int = 1_000_000

    package init() {}
}
