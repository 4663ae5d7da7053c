package import NIOCore

/// A body of known size that is made piece by piece while it is sent.
package struct ContentStream: Sendable {
    /// Size of the whole in bytes.
    package let byteCount: Int
    package let pieceCount: Int
    /// Makes the piece of this number, from 0.
    package let piece: @Sendable (Int) async throws -> ByteBuffer

    package init(
        byteCount: Int, pieceCount: Int, piece: @escaping @Sendable (Int) async throws -> ByteBuffer
    ) {
        self.byteCount = byteCount
        self.pieceCount = pieceCount
        self.piece = piece
    }

    /// What is in memory already.
    init(_ bytes: ArraySlice<UInt8>) {
        self.init(byteCount: bytes.count, pieceCount: bytes.isEmpty ? 0 : 1) { _ in ByteBuffer(bytes: bytes) }
    }
}
