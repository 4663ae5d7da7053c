/// What cameras write into photographs: where and by whom they were taken.
enum ImageMetadata {
    /// A JPEG without its application segments but for the colour profile: EXIF and XMP stand in APP1, others of their
    /// kind in APP3 and further. What cannot be read as segments stays as it is.
    /// https://www.w3.org/Graphics/JPEG/itu-t81.pdf B.1.1
    static func stripped(jpeg bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        guard bytes.starts(with: [0xFF, 0xD8]) else { return bytes }
        result += [0xFF, 0xD8]
        var position = 2
        while position + 4 <= bytes.count {
            guard bytes[position] == 0xFF else { return bytes }
            let marker = bytes[position + 1]
            // Padding, then what has no length.
            if marker == 0xFF {
                position += 1
                continue
            }
            if marker == 0xDA {
                // From the start of the scan on there is nothing but the image.
                result += bytes[position...]
                return result
            }
            let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            guard length >= 2, position + 2 + length <= bytes.count else { return bytes }
            let isKept = !(0xE0...0xEF).contains(marker) || [0xE0, 0xE2, 0xEE].contains(marker)
            if isKept, marker != 0xFE { result += bytes[position..<position + 2 + length] }
            position += 2 + length
        }
        return bytes
    }
}
