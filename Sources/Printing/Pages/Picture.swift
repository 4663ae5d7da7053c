/// An image as it is placed, of whichever kind.
enum Picture {
    case pixels(PixelImage)
    case code(QRCode)

    init(_ image: PrintedImage) throws(PrintError) {
        switch image {
        case .png(let bytes): self = .pixels(try PixelImage(png: bytes))
        case .code(let code): self = .code(code)
        }
    }

    /// Width by height.
    var aspect: Double {
        switch self {
        case .pixels(let image): Double(image.width) / Double(image.height)
        case .code: 1
        }
    }

    func add(to flow: PageFlow, x: Double, y: Double, width: Double) {
        switch self {
        case .pixels(let image):
            flow.add(.pixels(image, x: x, y: y, width: width, height: width / aspect))
        case .code(let code): flow.add(.code(code, x: x, y: y, width: width))
        }
    }
}
