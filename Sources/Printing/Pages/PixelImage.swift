import CPrintShims

/// A PNG ready to be drawn.
final class PixelImage {
    /// Along each side; an image of this size takes 64 MiB while it is drawn.
    static let pixelLimit = 4096

    let width: Int
    let height: Int
    private let image: OpaquePointer

    init(png bytes: [UInt8]) throws(PrintError) {
        let unreadable = PrintError(.unreadableImage, "the picture is no PNG, or a damaged one")
        // Signature, then the chunk IHDR with width and height (PNG specification, 5.2 and 11.2.2).
        guard bytes.count > 24, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
            throw unreadable
        }
        func number(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        let size = (number(at: 16), number(at: 20))
        guard size.0 <= Self.pixelLimit, size.1 <= Self.pixelLimit else {
            throw PrintError(.tooLarge, "a picture may have \(Self.pixelLimit) by \(Self.pixelLimit) pixels")
        }
        guard let image = martlet_image_read(bytes, bytes.count) else { throw unreadable }
        self.image = image
        (width, height) = size
    }

    deinit { martlet_image_free(image) }

    func draw(x: Double, y: Double, width: Double, height: Double, pen: PDFPen) {
        martlet_image_draw(pen.print, image, x, y, width, height)
    }
}
