import CPrintShims
import CQREncode
import Glibc

/// A QR code (ISO/IEC 18004), with error correction M: readable with 15 % of it damaged.
package struct QRCode: Sendable, Hashable {
    /// Modules along each side, without the quiet zone.
    package let sideCount: Int
    /// Row by row; 1 is dark.
    private let modules: [UInt8]

    /// Encodes a text as UTF-8, in the smallest code that holds it: up to 2,331 bytes, more of digits alone.
    package init(_ text: String) throws(PrintError) {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw PrintError(.invalid, "a QR code needs a text, without zero bytes")
        }
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            guard errno == ERANGE else { throw PrintError(.failed, "the QR code could not be made") }
            throw PrintError(.textTooLong, "\(text.utf8.count) bytes are too many for one QR code")
        }
        defer { QRcode_free(code) }
        sideCount = Int(code.pointee.width)
        // The lowest bit is the colour, the others say what the module is for (qrencode.h, QRcode).
        modules = UnsafeBufferPointer(start: code.pointee.data, count: sideCount * sideCount).map { $0 & 1 }
    }

    /// Whether the module in a column and row, from 0 at the upper left, is dark.
    package func isDark(column: Int, row: Int) -> Bool { modules[row * sideCount + column] == 1 }

    /// The code as PNG, black on white, one bit a pixel.
    ///
    /// - Parameters:
    ///   - moduleSize: pixels along each side of a module, 1 to 64.
    ///   - quietZone: empty modules around the code, 0 to 32; readers want 4.
    package func png(moduleSize: Int = 8, quietZone: Int = 4) throws(PrintError) -> [UInt8] {
        guard 1...64 ~= moduleSize, 0...32 ~= quietZone else {
            throw PrintError(.invalid, "modules have 1 to 64 pixels, and quiet zones 0 to 32 modules")
        }
        var bytes: [UInt8] = []
        let isDone = withUnsafeMutablePointer(to: &bytes) { target in
            martlet_png_write(
                modules, Int32(sideCount), Int32(moduleSize), Int32(quietZone),
                { context, start, count in
                    // The context is `bytes`, which outlives the call.
                    context!.assumingMemoryBound(to: [UInt8].self).pointee
                        .append(contentsOf: UnsafeBufferPointer(start: start, count: count))
                    return true
                }, target)
        }
        guard isDone else { throw PrintError(.failed, "the PNG could not be written") }
        return bytes
    }

    /// `init` and `png` in one.
    package static func png(
        text: String, moduleSize: Int = 8, quietZone: Int = 4
    ) throws(PrintError) -> [UInt8] {
        try QRCode(text).png(moduleSize: moduleSize, quietZone: quietZone)
    }

    /// Stretches of dark modules, so that a drawing needs fewer shapes.
    func darkRuns() -> [(column: Int, row: Int, count: Int)] {
        var runs: [(column: Int, row: Int, count: Int)] = []
        for row in 0..<sideCount {
            var column = 0
            while column < sideCount {
                let start = column
                while column < sideCount, isDark(column: column, row: row) { column += 1 }
                if column > start { runs.append((start, row, column - start)) }
                column += 1
            }
        }
        return runs
    }
}
